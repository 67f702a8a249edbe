"""Collated batches are taken apart."""

import numpy as np
import pytest

from openpot.data.collated_batch import is_collating_loader, split_batch, yields_batches
from openpot.data.input_description import InputDescription
from openpot.errors import DataError

IMAGES = np.arange(12, dtype=np.float32).reshape(3, 4)
LABELS = np.array([7, 8, 9])


def described(*shapes):
    return [InputDescription(f"in{i}", frozenset({f"in{i}"}), shape) for i, shape in enumerate(shapes)]


def taken_apart(batch, *shapes):
    return list(split_batch(batch, described(*(shapes or [(1, 4)]))))


def test_images_and_labels_become_pairs():
    samples = taken_apart([IMAGES, LABELS])
    assert [annotation for _, annotation in samples] == [7, 8, 9]
    np.testing.assert_array_equal(samples[1][0], IMAGES[1:2])


@pytest.mark.parametrize("batch", [IMAGES, [IMAGES], (IMAGES,)], ids=["array", "list of one", "tuple of one"])
def test_data_alone_has_no_annotation(batch):
    samples = taken_apart(batch)
    assert len(samples) == 3
    assert {annotation for _, annotation in samples} == {None}
    assert samples[0][0].shape == (1, 4)


def test_as_many_arrays_as_inputs_are_all_data():
    samples = taken_apart([IMAGES, LABELS], (None, 4), (None,))
    assert len(samples) == 3
    np.testing.assert_array_equal(samples[2][0][1], [9])
    assert samples[2][1] is None


def test_rows_of_a_dict():
    data, annotation = taken_apart(({"in0": IMAGES}, LABELS))[2]
    np.testing.assert_array_equal(data["in0"], IMAGES[2:])
    assert annotation == 9


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ({"boxes": LABELS, "name": ["a", "b", "c"]}, {"boxes": 8, "name": "b"}),
        (["a", "b", "c"], "b"),
        ([LABELS, LABELS + 1], [8, 9]),
        (None, None),
        ("all", "all"),
        (np.array(5), 5),
    ],
    ids=["dict", "texts", "several targets", "none", "one for all", "number for all"],
)
def test_annotations_follow_their_sample(annotation, expected):
    found = taken_apart((IMAGES, annotation))[1][1]
    assert found == expected


def test_more_than_two_parts_are_one_annotation():
    assert taken_apart([IMAGES, LABELS, LABELS * 2])[1][1] == [8, 16]


def test_a_model_of_several_samples_gets_whole_batches():
    samples = taken_apart([IMAGES, LABELS], (3, 4))
    assert len(samples) == 1
    assert samples[0][0] is IMAGES
    assert samples[0][1] is LABELS


@pytest.mark.parametrize("batch", ["text", [], {"in0": 3}], ids=["text", "nothing", "number"])
def test_a_batch_needs_an_array(batch):
    with pytest.raises(DataError, match="no array with a batch axis"):
        taken_apart(batch)


def test_a_collating_loader_is_known_by_what_it_has():
    class Loader:
        dataset = batch_size = collate_fn = None

        def __iter__(self):
            return iter([])

    assert is_collating_loader(Loader())
    assert not is_collating_loader([1, 2])


@pytest.mark.parametrize(
    ("batch_size", "batch_sampler", "expected"), [(4, object(), True), (None, object(), True), (None, None, False)]
)
def test_without_batch_size_and_batch_sampler_samples_come_one_by_one(batch_size, batch_sampler, expected):
    class Loader:
        pass

    loader = Loader()
    loader.batch_size, loader.batch_sampler = batch_size, batch_sampler
    assert yields_batches(loader) is expected


def test_a_single_sample_is_a_pair_even_in_a_list():
    assert list(split_batch([IMAGES, 5], described((1, 3, 4)), is_joined=False)) == [(IMAGES, 5)]

"""Data sets of every make become data loaders."""

import types
from pathlib import Path

import numpy as np
import pytest

from openpot.data.adapt import make_data_loader
from openpot.data.guard import InputDescription, SampleGuard
from openpot.data.loader import DataLoader
from openpot.data.sample import load_sample
from openpot.errors import DataError

IMAGES = np.random.default_rng(0).standard_normal((5, 3, 4, 4)).astype(np.float32)
IMAGE_INPUT = [InputDescription("data", frozenset({"data"}), (1, 3, 4, 4))]
TOKEN_INPUT = [InputDescription("input_ids", frozenset({"input_ids"}), (None, None), "i64")]


def fed(loader, index, inputs=IMAGE_INPUT):
    """What the model gets for a sample, and its annotation."""
    sample = load_sample(loader, index)
    return SampleGuard(inputs).feed([sample])[0], sample.annotation


class MapStyle:
    """A torch ``Dataset``: pairs by number, no more."""

    def __len__(self):
        return 5

    def __getitem__(self, index):
        return IMAGES[index], index * 10


class Collating:
    """A torch ``DataLoader``: batches in a list, no samples by number."""

    collate_fn = None

    def __init__(self, batches, dataset=None):
        self.batches, self.dataset, self.batch_size = batches, dataset, 2

    def __iter__(self):
        return iter(self.batches)

    def __len__(self):
        return len(self.batches)


class Table:
    """A Hugging Face data set: rows as dicts, with columns that no input is named after."""

    column_names = ("input_ids", "text", "label")

    def __len__(self):
        return 3

    def __getitem__(self, index):
        return {"input_ids": [index, 7, 8], "text": "a b", "label": index}


def test_a_data_loader_is_returned_as_it_is():
    class Mine(DataLoader):
        def __len__(self):
            return 1

        def __getitem__(self, index):
            return IMAGES[index]

    mine = Mine()
    assert make_data_loader(mine) is mine


@pytest.mark.parametrize(
    ("data", "annotation"),
    [
        (IMAGES, None),
        (list(IMAGES), None),
        ([(image, 30) for image in IMAGES], 30),
        ([{"data": image} for image in IMAGES], None),
        ([[image] for image in IMAGES], None),
        ([({"data": image[None]}, 30) for image in IMAGES], 30),
        (MapStyle(), 30),
        ((image for image in IMAGES), None),
        (iter([(image, 30) for image in IMAGES]), 30),
        ({"data": IMAGES}, None),
        ({"data": IMAGES, "label": np.full(5, 30)}, {"label": 30}),
        (Collating([[IMAGES[:2], [0, 0]], [IMAGES[2:4], [0, 30]], [IMAGES[4:], [0]]]), 30),
    ],
    ids=[
        "array", "list of arrays", "pairs", "dicts", "lists", "pairs of dict", "map-style data set", "generator",
        "iterator of pairs", "columns", "columns with labels", "batches",
    ],
)  # fmt: skip
def test_sample_three_is_the_same_in_every_make(data, annotation):
    loader = make_data_loader(data, IMAGE_INPUT)
    assert len(loader) == 5
    array, found = fed(loader, 3)
    np.testing.assert_array_equal(array, IMAGES[3:4])
    assert found == annotation


def test_an_endless_generator_is_read_as_far_as_needed():
    def endless():
        while True:
            yield IMAGES[0]

    assert len(make_data_loader(endless(), subset_size=7)) == 7


def test_batches_are_read_as_far_as_needed():
    read = []

    def batches():
        for start in (0, 2, 4):
            read.append(start)
            yield [IMAGES[start : start + 2], np.zeros(2)]

    assert len(make_data_loader(Collating(batches()), IMAGE_INPUT, subset_size=3)) == 3
    assert read == [0, 2]


def test_a_sequence_is_read_lazily():
    class Counting(MapStyle):
        asked = 0

        def __getitem__(self, index):
            self.asked += 1
            return super().__getitem__(index)

    counting = Counting()
    loader = make_data_loader(counting)
    assert counting.asked == 0
    fed(loader, 1)
    assert counting.asked == 1


def test_columns_of_a_table_feed_the_inputs_of_their_name():
    loader = make_data_loader(Table(), TOKEN_INPUT)
    array, annotation = fed(loader, 2, TOKEN_INPUT)
    np.testing.assert_array_equal(array, [[2, 7, 8]])
    assert annotation == {"text": "a b", "label": 2}


def test_a_stream_of_table_rows_is_split_too():
    class Stream:
        column_names = ("input_ids", "label")

        def __iter__(self):
            return iter([{"input_ids": [1, 2], "label": 5}])

    assert fed(make_data_loader(Stream(), TOKEN_INPUT), 0, TOKEN_INPUT)[1] == {"label": 5}


def test_batches_of_table_rows_are_split_too():
    batches = [{"input_ids": np.arange(6).reshape(2, 3), "label": np.array([4, 5])}]
    array, annotation = fed(make_data_loader(Collating(batches), TOKEN_INPUT), 1, TOKEN_INPUT)
    np.testing.assert_array_equal(array, [[3, 4, 5]])
    assert annotation["label"].shape == ()
    assert annotation == {"label": 5}


def test_a_data_set_that_can_only_be_walked_is_walked():
    class IterableDataset:
        def __getitem__(self, index):
            raise NotImplementedError

    class Walked(IterableDataset):
        def __len__(self):
            return 2

        def __iter__(self):
            return iter(IMAGES[:2])

    np.testing.assert_array_equal(fed(make_data_loader(Walked()), 1)[0], IMAGES[1:2])


def test_a_fault_of_an_iterator_names_the_sample():
    def faulty():
        yield IMAGES[0]
        raise OSError("disk gone")

    with pytest.raises(DataError, match="sample 1: reading the generator raised OSError: disk gone") as caught:
        make_data_loader(faulty())
    assert isinstance(caught.value.__cause__, OSError)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "got None"), ("images/", "open_data_source"), (Path("images"), "open_data_source"),
        ([], "empty.*list"), (iter(()), "empty"), (5, "int is no data set"),
        (types.SimpleNamespace(), "SimpleNamespace is no data set"),
    ],
    ids=["None", "text", "path", "empty list", "empty iterator", "number", "object"],
)  # fmt: skip
def test_what_is_no_data_set_is_refused(data, words):
    with pytest.raises(DataError, match=words):
        make_data_loader(data)

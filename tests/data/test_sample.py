"""Every accepted order becomes one record; everything else is refused with the sample's number."""

import numpy as np
import pytest

from openpot.data.sample import Sample, load_sample, parse_sample
from openpot.errors import DataError

IMAGE = np.arange(12, dtype=np.float32).reshape(3, 2, 2)


def same_data(sample, expected):
    np.testing.assert_array_equal(sample.data, expected)


@pytest.mark.parametrize(
    ("raw", "annotation", "metadata"),
    [
        ((IMAGE, 5), 5, {}),
        ((IMAGE, 5, {"path": "a"}), 5, {"path": "a"}),
        ((IMAGE, None), None, {}),
        ((IMAGE, {"boxes": [1]}), {"boxes": [1]}, {}),
        (((7, 5), IMAGE), 5, {}),
        (((7, 5), IMAGE, {"path": "a"}), 5, {"path": "a"}),
        (((7, None), IMAGE), None, {}),
        (((np.int64(7), (1, 2)), IMAGE), (1, 2), {}),
        ((("name.jpg", 5), IMAGE), 5, {}),
        (({7: 5}, IMAGE), 5, {}),
        (IMAGE, None, {}),
        (IMAGE.tolist()[0][0], None, {}),
    ],
    ids=[
        "new", "new with metadata", "no annotation", "dict annotation", "legacy", "legacy with metadata",
        "legacy without annotation", "legacy with a numpy index", "legacy with a text index", "annotation by index",
        "data alone", "plain numbers",
    ],
)  # fmt: skip
def test_every_order_is_understood(raw, annotation, metadata):
    sample = parse_sample(raw, 3)
    assert (sample.index, sample.annotation, sample.metadata) == (3, annotation, metadata)
    same_data(sample, IMAGE if np.ndim(sample.data) > 1 else IMAGE[0, 0])


def test_a_dict_holds_arrays_by_input_name():
    sample = parse_sample(({"ids": [1, 2], "mask": np.ones(2)}, "label"), 0)
    assert {name: value.tolist() for name, value in sample.data.items()} == {"ids": [1, 2], "mask": [1.0, 1.0]}
    assert sample.annotation == "label"


@pytest.mark.parametrize("make", [list, tuple], ids=["list", "tuple"])
def test_a_list_of_arrays_is_the_inputs_in_order(make):
    sample = parse_sample((make([IMAGE, IMAGE[0]]), 5), 0)
    assert [value.shape for value in sample.data] == [(3, 2, 2), (2, 2)]
    assert sample.annotation == 5


def test_arrays_are_not_copied():
    assert parse_sample((IMAGE, 5), 0).data is IMAGE
    assert parse_sample({"data": IMAGE}, 0).data["data"] is IMAGE


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (None, "None"),
        ((None, 5), "None"),
        ({}, "empty dict"),
        (({}, 5), "empty dict"),
        ([], "empty list"),
        (np.zeros((0, 3)), r"shape \(0, 3\)"),
        ((IMAGE,), "tuple of 1"),
        ((IMAGE, 1, 2, 3), "tuple of 4"),
        ({"data": None}, "input 'data'.*None"),
        ([IMAGE, None], "input number 1.*None"),
        ({"data": {"deep": IMAGE}}, "got a dict"),
        ({3: IMAGE, 4: IMAGE}, "key 3"),
        ([[1, 2], [[3], 4]], "input number 1.*list that is no array"),
    ],
    ids=[
        "None", "None in a pair", "empty dict", "empty dict in a pair", "empty list", "empty array", "one element",
        "four elements", "None for an input", "None in a list", "nested dict", "numbers as names", "ragged list",
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_the_number_of_the_sample(raw, words):
    with pytest.raises(DataError, match=f"(?s)sample 17.*{words}"):
        parse_sample(raw, 17)


def test_loading_asks_once_for_the_index_of_the_data_set():
    asked = []

    class Loader:
        def __getitem__(self, index):
            asked.append(index)
            return IMAGE, index

    sample = load_sample(Loader(), 9)
    assert isinstance(sample, Sample)
    assert (asked, sample.index, sample.annotation) == ([9], 9, 9)


def test_an_exception_of_the_loader_is_chained_and_numbered():
    class Broken:
        def __getitem__(self, index):
            raise OSError("disk gone")

    with pytest.raises(DataError, match="sample 3: the data loader raised OSError: disk gone") as caught:
        load_sample(Broken(), 3)
    assert isinstance(caught.value.__cause__, OSError)


def test_a_loader_whose_iterator_ended_is_explained():
    class Streaming:
        def __init__(self):
            self.rows = iter([IMAGE])

        def __getitem__(self, index):
            return next(self.rows)

    loader = Streaming()
    load_sample(loader, 0)
    with pytest.raises(DataError, match="sample 1: the data loader ran out of samples"):
        load_sample(loader, 1)


@pytest.mark.parametrize("error", [MemoryError, KeyboardInterrupt])
def test_what_no_sample_is_guilty_of_passes_through(error):
    class Stopped:
        def __getitem__(self, index):
            raise error

    with pytest.raises(error):
        load_sample(Stopped(), 0)

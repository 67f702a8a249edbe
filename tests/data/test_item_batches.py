"""Samplers of every kind lead to items that know their number."""

import numpy as np
import pytest

from openpot.data.index_sampler import IndexSampler
from openpot.data.item_batches import item_batches
from openpot.data.sampler import BatchSampler
from openpot.data.sampler_base import Sampler
from openpot.errors import DataError

ROWS = [(np.array([float(i)]), f"label {i}") for i in range(5)]


def numbers(batches):
    return [[(item.index, float(item.data[0])) for item in batch] for batch in batches]


def test_items_of_a_subset_keep_their_number_in_the_data_set():
    found = numbers(item_batches(BatchSampler(ROWS, 2, [4, 1, 3])))
    assert found == [[(4, 4.0), (1, 1.0)], [(3, 3.0)]]


def test_a_sampler_of_numbers_loads_one_item_each():
    assert numbers(item_batches(IndexSampler([3, 0]), ROWS)) == [[(3, 3.0)], [(0, 0.0)]]
    assert numbers(item_batches(range(2), ROWS)) == [[(0, 0.0)], [(1, 1.0)]]


def test_a_sampler_of_the_user_numbers_items_as_they_come():
    class Backwards(Sampler):
        def __iter__(self):
            yield [ROWS[4], ROWS[3]]
            yield [ROWS[2]]

        def __len__(self):
            return 2

    assert numbers(item_batches(Backwards(ROWS))) == [[(0, 4.0), (1, 3.0)], [(2, 2.0)]]


def test_a_batch_sampler_whose_iteration_is_overridden_is_obeyed():
    class Doubled(BatchSampler):
        def __iter__(self):
            for batch in super().__iter__():
                yield batch * 2

    assert numbers(item_batches(Doubled(ROWS[:1]))) == [[(0, 0.0), (1, 0.0)]]


def test_the_loader_is_asked_once_for_each_item():
    asked = []

    class Loader:
        def __len__(self):
            return 3

        def __getitem__(self, index):
            asked.append(index)
            return ROWS[index]

    list(item_batches(BatchSampler(Loader(), 2)))
    assert asked == [0, 1, 2]


@pytest.mark.parametrize(
    ("sampler", "words"),
    [(["text"], "yielded a str"), ([0], "no data loader"), ([[None]], "item 0 has no data")],
    ids=["text", "numbers without loader", "None"],
)
def test_other_samplers_are_refused(sampler, words):
    with pytest.raises(DataError, match=words):
        list(item_batches(sampler))

"""Batches, subsets and random draws."""

import random
from types import SimpleNamespace

import pytest

from openpot.data.index_sampler import IndexSampler
from openpot.data.sampler import BatchSampler, create_sampler
from openpot.errors import ConfigError, DataError

LETTERS = list("abcdefg")


def engine_with(data):
    return SimpleNamespace(data_loader=data)


def test_the_last_batch_may_be_short_and_len_counts_batches():
    sampler = BatchSampler(LETTERS[:5], batch_size=2)
    assert list(sampler) == [["a", "b"], ["c", "d"], ["e"]]
    assert len(sampler) == 3
    assert sampler.num_samples == 5


def test_a_subset_keeps_its_order():
    sampler = BatchSampler(LETTERS, 2, [6, 0, 3])
    assert list(sampler) == [["g", "a"], ["d"]]
    assert list(sampler.index_batches()) == [(6, 0), (3,)]


def test_it_can_be_walked_again():
    sampler = BatchSampler(LETTERS, 3, range(4))
    assert list(sampler) == list(sampler) == [["a", "b", "c"], ["d"]]


def test_an_empty_subset_yields_nothing():
    assert list(BatchSampler(LETTERS, subset_indices=[])) == []
    assert len(BatchSampler(LETTERS, subset_indices=[])) == 0


@pytest.mark.parametrize("indices", [[0, 7], [-1]], ids=["behind the end", "negative"])
def test_a_number_outside_the_data_is_refused(indices):
    with pytest.raises(DataError, match="expected 0 to 6"):
        BatchSampler(LETTERS, subset_indices=indices)


def test_each_sample_is_asked_for_once_and_in_order():
    asked = []

    class Recording:
        def __len__(self):
            return 4

        def __getitem__(self, index):
            asked.append(index)
            return index

    assert list(BatchSampler(Recording(), 3)) == [[0, 1, 2], [3]]
    assert asked == [0, 1, 2, 3]


def test_an_exception_of_the_loader_names_the_sample():
    class Broken:
        def __len__(self):
            return 4

        def __getitem__(self, index):
            return {0: "fine"}[index]

    batches = iter(BatchSampler(Broken()))
    assert next(batches) == ["fine"]
    with pytest.raises(DataError, match="sample 1: the data loader raised KeyError") as caught:
        next(batches)
    assert isinstance(caught.value.__cause__, KeyError)


def test_a_number_takes_the_first_samples():
    assert list(create_sampler(engine_with(LETTERS), 2)) == [["a"], ["b"]]


def test_a_shuffled_draw_is_that_of_the_seed_and_leaves_the_global_state_alone():
    before = random.getstate()
    drawn = list(create_sampler(engine_with(LETTERS), 4, shuffle_data=True, seed=7))
    assert random.getstate() == before
    random.seed(7)
    assert drawn == [[LETTERS[i]] for i in random.sample(range(7), 4)]
    random.setstate(before)
    assert drawn == list(create_sampler(engine_with(LETTERS), 4, True, 7))
    assert drawn != list(create_sampler(engine_with(LETTERS), 4, True, 8))


def test_given_numbers_are_used_as_they_are():
    sampler = create_sampler(engine_with(LETTERS), [3, 1], batch_size=2)
    assert list(sampler) == [["d", "b"]]


def test_more_samples_than_there_are_means_all_of_them_and_is_said(caplog):
    sampler = create_sampler(engine_with(LETTERS), 300)
    assert sampler.num_samples == 7
    assert "300 samples were asked for, the data set has 7" in caplog.text


@pytest.mark.parametrize("count", [0, -5])
def test_fewer_than_one_sample_is_refused(count):
    with pytest.raises(ConfigError, match=f"at least 1, not {count}"):
        create_sampler(engine_with(LETTERS), count)


def test_an_empty_data_set_is_refused():
    with pytest.raises(DataError, match="empty"):
        create_sampler(engine_with([]), 3)


def test_an_engine_that_loads_its_own_data_gets_numbers():
    sampler = create_sampler(SimpleNamespace(), 3)
    assert isinstance(sampler, IndexSampler)
    assert list(sampler) == [0, 1, 2]

"""The sampler of sample numbers."""

from openpot.data.index_sampler import IndexSampler


def test_yields_the_numbers_in_order_and_by_position():
    sampler = IndexSampler([4, 0, 2])
    assert list(sampler) == [4, 0, 2]
    assert sampler[1] == 0
    assert len(sampler) == sampler.num_samples == 3


def test_a_range_will_do():
    assert list(IndexSampler(range(3))) == [0, 1, 2]

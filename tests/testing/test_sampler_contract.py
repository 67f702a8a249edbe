"""Samplers of users: what is wrong is found, and those of openpot pass."""

import pytest

from openpot.data.sampler import BatchSampler, IndexSampler, Sampler
from openpot.testing import ContractError, check_sampler
from toy_engines import ListLoader
from toy_models import images

LOADER = ListLoader([(sample, number) for number, sample in enumerate(images(6))])


class Pairs(Sampler):
    """Two samples at a time."""

    def __init__(self):
        super().__init__(LOADER, 2)

    def __iter__(self):
        for start in range(0, 6, 2):
            yield [LOADER[start], LOADER[start + 1]]

    def __len__(self):
        return 3


class CountsSamples(Pairs):
    def __len__(self):
        return 6


class OnlyOnce(Pairs):
    def __iter__(self):
        if not getattr(self, "walked", False):
            self.walked = True
            yield from super().__iter__()


class EmptyLists(Pairs):
    def __iter__(self):
        yield []


class BareSamples(Pairs):
    def __iter__(self):
        for number in range(6):
            yield LOADER[number][0]


class Raises(Pairs):
    def __iter__(self):
        yield [LOADER[0]]
        raise OSError("broken file")


class Outside(Pairs):
    def __iter__(self):
        yield from (0, 1, 99)


class ListsOfNumbers(Pairs):
    def __iter__(self):
        yield from ([0, 1], [2, 3], [4, 5])


class TooLarge(Pairs):
    def __iter__(self):
        yield [LOADER[number] for number in range(6)]

    def __len__(self):
        return 1


class NoLength(Pairs):
    def __len__(self):
        return -1


class CountsWrong(Pairs):
    @property
    def num_samples(self):
        return 7


WRONG = {
    CountsSamples: r"len\(\) is 6, and it yields 3 lists",
    OnlyOnce: "the sampler yields nothing",
    EmptyLists: "yielded no samples",
    BareSamples: "a sampler yields lists of samples",
    Raises: "broken file",
    Outside: "sample 99",
    ListsOfNumbers: "it yields lists of numbers",
    TooLarge: "a list holds 6 samples, and batch_size is 2",
    NoLength: r"len\(\) raised ValueError",
    CountsWrong: "num_samples is 7, and it yields 6 samples",
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_sampler_is_caught(kind):
    with pytest.raises(ContractError, match=WRONG[kind]):
        check_sampler(kind(), LOADER)


def test_samplers_of_openpot_pass():
    for sampler in (BatchSampler(LOADER), BatchSampler(LOADER, 4), BatchSampler(LOADER, 1, [3, 1]), Pairs()):
        check_sampler(sampler)
    check_sampler(IndexSampler((0, 2)), LOADER)

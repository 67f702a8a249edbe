"""Held-out samples: parts of a data set that share nothing, and errors that name samples of the whole."""

import pytest

from openpot.data.held_out_samples import SelectedSamples, check_share, hold_out, numbers_of_whole_set
from openpot.errors import ConfigError, DataError


@pytest.mark.parametrize(("count", "share", "held_out"), [(10, 0.5, 5), (10, 0.01, 1), (10, 0.99, 9), (2, 0.5, 1)])
def test_parts_share_nothing_and_make_up_the_whole(count, share, held_out):
    calibration, validation = hold_out(list(range(100, 100 + count)), share, seed=0)
    assert len(validation) == held_out
    assert sorted([*calibration.numbers, *validation.numbers]) == list(range(count))
    assert [validation[place] for place in range(held_out)] == [100 + number for number in validation.numbers]


def test_the_seed_draws():
    draws = {hold_out(range(40), 0.5, seed)[1].numbers for seed in (0, 0, 1)}
    assert len(draws) == 2


def test_of_a_stream_the_end_is_held_out():
    calibration, validation = hold_out(range(10), 0.3, seed=0, is_stream=True)
    assert (calibration.numbers, validation.numbers) == (tuple(range(7)), (7, 8, 9))


@pytest.mark.parametrize("share", [1, -0.1, "half", True, float("nan")])
def test_a_share_that_leaves_nothing_is_refused(share):
    with pytest.raises(ConfigError, match=r"from 0 to below 1.*0 holds out nothing"):
        check_share(share)


@pytest.mark.parametrize(
    ("loader", "said", "shown"),
    [
        (SelectedSamples(range(9), [4, 7]), "sample 1, input 'x': NaN", "sample 7, input 'x': NaN"),
        (SelectedSamples(range(9), [4, 7]), "samples 0, 1: shapes", "samples 4, 7: shapes"),
        (SelectedSamples(range(9), [4, 7]), "5 samples for a model, sample 12", "5 samples for a model, sample 12"),
        (range(9), "sample 1: NaN", "sample 1: NaN"),
    ],
    ids=["one", "several", "no such number", "whole set"],
)
def test_errors_name_samples_of_the_whole_set(loader, said, shown):
    with pytest.raises(DataError) as caught, numbers_of_whole_set(loader):
        raise DataError(said)
    assert str(caught.value) == shown

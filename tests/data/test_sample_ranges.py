"""Constant samples and samples out of all proportion."""

import warnings

import pytest

from openpot.data.input_values import ValueRange
from openpot.data.sample_ranges import SampleRanges
from openpot.errors import DataError, OpenPotWarning

NORMAL, FLAT = ValueRange(-2.0, 3.0), ValueRange(5.0, 5.0)


def seen(*found):
    ranges = SampleRanges()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OpenPotWarning)
        for index, one in enumerate(found):
            ranges.add(index, {"data": one})
    return ranges


def test_the_first_constant_sample_is_named_and_the_others_are_quiet():
    ranges = SampleRanges()
    ranges.add(0, {"data": NORMAL})
    with pytest.warns(OpenPotWarning, match="sample 1: all values are 5"):
        ranges.add(1, {"data": FLAT})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ranges.add(2, {"data": FLAT})
        ranges.conclude()


def test_a_constant_input_beside_a_varied_one_is_ordinary():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        SampleRanges().add(0, {"data": NORMAL, "state": FLAT})


def test_nothing_but_constant_samples_is_refused():
    with pytest.raises(DataError, match="all 3 samples are constant"):
        seen(FLAT, ValueRange(0.0, 0.0), ValueRange(0.0, 1e-41)).conclude()


def test_a_pass_without_real_valued_inputs_is_fine():
    ranges = SampleRanges()
    ranges.add(0, {})
    ranges.conclude()


@pytest.mark.parametrize("position", [0, 2, 4], ids=["first", "middle", "last"])
def test_an_impossible_sample_is_refused_by_number_wherever_it_stands(position):
    found = [NORMAL] * 5
    found[position] = ValueRange(0.0, 1e30)
    with pytest.raises(DataError, match=f"sample {position}, input 'data': its largest value is 1e\\+30"):
        seen(*found).conclude()


def test_a_suspicious_sample_is_warned_about():
    with pytest.warns(OpenPotWarning, match=r"sample 1, input 'data'.*2e\+04 times"):
        seen(NORMAL, ValueRange(-6e4, 0.0), NORMAL, NORMAL).conclude()


@pytest.mark.parametrize(
    "found",
    [[NORMAL, ValueRange(0.0, 1e3), NORMAL], [NORMAL, ValueRange(0.0, 1e30)], [FLAT, NORMAL]],
    ids=["a thousandfold", "two samples decide nothing", "half constant"],
)
def test_ordinary_passes_are_quiet(found):
    ranges = seen(*found)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ranges.conclude()


def test_zero_samples_do_not_hide_an_outlier():
    zero = ValueRange(0.0, 0.0)
    with pytest.raises(DataError, match="sample 5"):
        seen(zero, zero, zero, NORMAL, NORMAL, ValueRange(0.0, 1e20)).conclude()

"""Bits to levels, as a table."""

import pytest

from openpot.errors import ConfigError
from openpot.numerics.levels import count_levels_between, find_level_bounds
from openpot.scheme import QuantizationMode

SYMMETRIC, ASYMMETRIC = QuantizationMode.SYMMETRIC, QuantizationMode.ASYMMETRIC

TABLE = [
    # bits, mode, is_weights, low, high, levels
    (4, SYMMETRIC, True, -7, 7, 15),
    (4, ASYMMETRIC, True, -8, 7, 16),
    (4, SYMMETRIC, False, -8, 7, 16),
    (8, SYMMETRIC, True, -127, 127, 255),
    (8, ASYMMETRIC, True, -128, 127, 256),
    (8, SYMMETRIC, False, -128, 127, 256),
    (8, ASYMMETRIC, False, -128, 127, 256),
    (16, SYMMETRIC, True, -32767, 32767, 65535),
    (16, SYMMETRIC, False, -32768, 32767, 65536),
    (32, SYMMETRIC, False, -(2**31), 2**31 - 1, 4294967296),
]


@pytest.mark.parametrize(
    ("bits", "mode", "is_weights", "low", "high", "levels"),
    TABLE,
    ids=lambda value: str(value),
)
def test_only_symmetric_weights_leave_out_the_lowest_integer(bits, mode, is_weights, low, high, levels):
    assert find_level_bounds(bits, mode, is_weights) == (low, high)
    assert count_levels_between(low, high) == levels


def test_stated_levels_replace_the_defaults_one_by_one():
    assert find_level_bounds(8, SYMMETRIC, False, level_low=0) == (0, 127)
    assert find_level_bounds(8, SYMMETRIC, False, level_high=255, level_low=0) == (0, 255)
    assert find_level_bounds(4, SYMMETRIC, True, level_low=-5, level_high=5) == (-5, 5)


@pytest.mark.parametrize("bits", [0, 1, 33])
def test_an_impossible_width_is_refused(bits):
    with pytest.raises(ConfigError, match=str(bits)):
        find_level_bounds(bits, SYMMETRIC, True)


@pytest.mark.parametrize(("low", "high"), [(1, 5), (-5, -1), (0, 0)])
def test_zero_must_be_among_at_least_two_levels(low, high):
    with pytest.raises(ConfigError, match="level_low"):
        count_levels_between(low, high)

"""Observed ranges to limits: POT's values, the mended floors, and what holds for any range."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from openpot.errors import ConfigError, DataError
from openpot.numerics.fake_quantize import FakeQuantizeLimits, fake_quantize
from openpot.numerics.levels import count_levels_between, find_level_bounds
from openpot.numerics.ranges import (
    RangeRule,
    align_range,
    compute_negative_ratio,
    join_ranges,
)
from openpot.scheme import QuantizationMode

SYMMETRIC, ASYMMETRIC = QuantizationMode.SYMMETRIC, QuantizationMode.ASYMMETRIC


def symmetric_limits(low, high, levels, **options):
    return RangeRule(levels, SYMMETRIC, **options)(low, high)


def asymmetric_limits(low, high, levels, **options):
    return RangeRule(levels, ASYMMETRIC, **options)(low, high)


def weight_limits(low, high, levels, mode, **options):
    return RangeRule(levels, mode, is_weights=True, **options)(low, high)


def count_levels(bits, mode, is_weights):
    return count_levels_between(*find_level_bounds(bits, mode, is_weights))


SYMMETRIC_TABLE = [
    # id, bits, min, abs max, expected low, expected high
    ("pot data input", 8, -3.5, 3.9987, -4.0301858, 3.9987),
    ("pot concat pair", 8, -9.0, 10.6440, -10.7278, 10.6440),
    ("pot swish output", 8, -0.28, 24.2227, -24.4134, 24.2227),
    ("unsigned after relu", 8, 0.0, 5.8717, 0.0, 5.8717),
    ("4 bits", 4, -1.0, 7.0, -8.0, 7.0),
    ("4 bits unsigned", 4, 0.0, 7.0, 0.0, 7.0),
    ("16 bits", 16, -1.0, 32767.0, -32768.0, 32767.0),
    ("negative throughout, type max", 8, -254.0, -1.0, -256.0, 254.0),
]


@pytest.mark.parametrize(
    ("bits", "low", "high", "expected_low", "expected_high"),
    [row[1:] for row in SYMMETRIC_TABLE],
    ids=[row[0] for row in SYMMETRIC_TABLE],
)
def test_symmetric_activations(bits, low, high, expected_low, expected_high):
    result = symmetric_limits(low, high, count_levels(bits, SYMMETRIC, False))
    np.testing.assert_allclose(result, (expected_low, expected_high), rtol=5e-6)


ASYMMETRIC_TABLE = [
    # id, bits, min, max, expected low, expected high
    ("pot, low end moves", 8, -0.5, 0.5, -0.503937, 0.5),
    ("pot, fits already", 8, -1.0, 2.0, -1.0, 2.0),
    ("pot, concat pair mixed", 8, -10.1045, 10.3451, -10.1045, 10.3451),
    ("pot, swish output mixed", 8, -0.2850, 24.2227, -0.2884, 24.2227),
    ("pot, first filter", 8, -0.7021, 0.4093, -0.7021, 0.4099),
    ("one-sided above", 8, 0.0, 6.0, 0.0, 6.0),
    ("one-sided below", 8, -6.0, 0.0, -6.0, 0.0),
    ("stretched to zero from above", 8, 2.0, 3.0, 0.0, 3.0),
    ("stretched to zero from below", 8, -3.0, -2.0, -3.0, 0.0),
    ("a low end under half a step goes to zero", 8, -0.001, 1.0, 0.0, 1.0),
    ("a high end under half a step goes to zero", 8, -1.0, 0.001, -1.0, 0.0),
    ("4 bits", 4, -1.0, 1.0, -8 / 7, 1.0),
    ("16 bits", 16, -1.0, 1.0, -32768 / 32767, 1.0),
]


@pytest.mark.parametrize(
    ("bits", "low", "high", "expected_low", "expected_high"),
    [row[1:] for row in ASYMMETRIC_TABLE],
    ids=[row[0] for row in ASYMMETRIC_TABLE],
)
def test_asymmetric_activations(bits, low, high, expected_low, expected_high):
    result = asymmetric_limits(low, high, count_levels(bits, ASYMMETRIC, False))
    np.testing.assert_allclose(result, (expected_low, expected_high), rtol=2e-4, atol=1e-12)


def test_a_range_that_fits_already_keeps_its_bits():
    low, high = asymmetric_limits(np.array([-1.0, 0.0, -0.3]), np.array([2.0, 0.7, 0.0]), 256)
    assert low.tolist() == [-1.0, 0.0, -0.3]
    assert high.tolist() == [2.0, 0.7, 0.0]


def test_a_short_tail_does_not_make_the_step_coarser_as_the_nearest_zero_point_would():
    low, high = np.array(-1.49), np.array(253.51)
    np.testing.assert_allclose(asymmetric_limits(low, high, 256), (-2 * 253.51 / 253, 253.51))
    np.testing.assert_allclose(asymmetric_limits(low, high, 256, pot_exact=True), (-1.49, 1.49 * 254))
    np.testing.assert_allclose(asymmetric_limits(-high, -low, 256), (-253.51, 2 * 253.51 / 253))


def test_weights_are_symmetric_per_filter_with_255_levels_also_if_they_are_positive():
    low, high = weight_limits(None, np.array([0.5, 0.25, 1.0]), 255, SYMMETRIC)
    assert high.tolist() == [0.5, 0.25, 1.0]
    assert low.tolist() == [-0.5, -0.25, -1.0]
    assert weight_limits(np.array(0.1), np.array(1.0), 255, SYMMETRIC)[0] == -1.0


def test_a_unified_zero_point_is_the_mean_of_all():
    rule = RangeRule(256, ASYMMETRIC, is_weights=True, unified_zero_point=True)
    low, high = rule(np.array([-1, -0.5, -0.1]), np.array([2, 0.5, 4]))
    np.testing.assert_allclose(low, [-1, -0.5, -1.604], atol=5e-4)
    np.testing.assert_allclose(high, [2.493, 1.247, 4], atol=5e-4)


def test_a_unified_zero_point_leaves_a_level_below_zero_for_a_channel_that_needs_one():
    rule = RangeRule(256, ASYMMETRIC, unified_zero_point=True)
    low, high = rule(np.array([0.0] * 200 + [-10.0]), np.array([1.0] * 200 + [10.0]))
    assert low[-1] <= -10
    assert high[-1] >= 10
    assert len({round(point) for point in -low * 255 / (high - low)}) == 1


def test_signed_keeps_both_signs_of_non_negative_data():
    low, high = symmetric_limits(np.array(0.0), np.array(254.0), 256, signed=True)
    assert (low, high) == (-256, 254)


def test_one_negative_channel_makes_all_channels_signed():
    low, _ = symmetric_limits(np.array([0.0, -0.1]), np.array([1.0, 1.0]), 256)
    assert (low < 0).all()


def test_the_low_end_may_be_one_for_the_tensor_while_the_high_end_is_per_channel():
    low, high = symmetric_limits(np.array(0.0), np.array([1.0, 2.0]), 256)
    assert low.shape == high.shape == (2,)


@pytest.mark.parametrize(("levels", "ratio"), [(3, 1), (15, 1), (16, 16 / 14), (255, 1), (256, 256 / 254)])
def test_an_odd_number_of_levels_needs_no_longer_negative_side(levels, ratio):
    assert compute_negative_ratio(levels) == ratio


def test_two_levels_hold_no_signed_range():
    with pytest.raises(ConfigError, match="3 levels"):
        compute_negative_ratio(2)


# Floors


def test_small_tensors_keep_their_resolution_where_pot_widened_them():
    tiny = np.array(1e-6)
    assert symmetric_limits(-tiny, tiny, 256)[1] == tiny
    assert symmetric_limits(-tiny, tiny, 256, pot_exact=True)[1] == 8e-5
    np.testing.assert_allclose(asymmetric_limits(-tiny, tiny, 256), (-tiny, tiny), rtol=0.01)
    low, high = asymmetric_limits(-tiny, tiny, 256, pot_exact=True)
    np.testing.assert_allclose((low, high), (-8.073e-4, 8.01e-4), rtol=1e-3)


def test_pot_widens_before_it_stretches_to_zero():
    low, high = asymmetric_limits(np.array([0.0]), np.array([4e-4]), 256, pot_exact=True)
    np.testing.assert_allclose((low, high), ([-8.03e-4], [1.2e-3]), rtol=0.01)


def test_small_filters_keep_their_resolution_where_pot_raised_them_to_a_share():
    magnitudes = np.array([0.0, 1e-3, 1.0])
    assert weight_limits(None, magnitudes, 255, SYMMETRIC)[1].tolist() == [1e-5, 1e-3, 1.0]
    assert weight_limits(None, magnitudes, 255, SYMMETRIC, pot_exact=True)[1].tolist() == [0.01, 0.01, 1.0]


def test_channels_of_activations_have_a_floor_that_leaves_room_for_what_calibration_did_not_show():
    assert symmetric_limits(np.array(0.0), np.array([0.0, 0.01, 1.0]), 256)[1].tolist() == [1e-3, 0.01, 1.0]


def test_a_narrow_channel_is_stretched_in_proportion():
    low, high = asymmetric_limits(np.array([-1e-6, 0.0, 0.0, -1.0]), np.array([1e-6, 1e-6, 0.0, 1.0]), 256)
    np.testing.assert_allclose(low, [-1e-3, 0, 0, -1], rtol=0.01)
    np.testing.assert_allclose(high, [1e-3, 2e-3, 2e-3, 1], rtol=0.01)


@pytest.mark.parametrize("is_weights", [False, True], ids=["activations", "weights"])
@pytest.mark.parametrize("mode", QuantizationMode)
def test_a_tensor_of_zeros_gets_a_range_of_one(mode, is_weights):
    low, high = RangeRule(count_levels(8, mode, is_weights), mode, is_weights)(np.zeros(3), np.zeros(3))
    assert high.tolist() == [1, 1, 1]
    FakeQuantizeLimits.from_range(low, high, 255)


def test_denormal_numbers_do_not_become_scales():
    low, high = asymmetric_limits(np.array(0.0), np.array(1e-40), 256)
    FakeQuantizeLimits.from_range(low, high, 256)
    assert high == 1e-12


# Clipping


@pytest.mark.parametrize(
    ("mode", "clip_low", "clip_high", "expected"),
    [
        (SYMMETRIC, None, 2.54, (-2.56, 2.54)),
        (SYMMETRIC, -1.28, None, (-1.28, 1.27)),
        (SYMMETRIC, -1.28, 2.54, (-1.28, 1.27)),
        (SYMMETRIC, 0.0, None, (0.0, 5.0)),
        (SYMMETRIC, 0.0, 3.0, (0.0, 3.0)),
        (SYMMETRIC, None, 9.0, (-5 * 256 / 254, 5.0)),
        (ASYMMETRIC, -1.0, 2.0, (-1.0, 2.0)),
        (ASYMMETRIC, 0.0, None, (0.0, 5.0)),
        (ASYMMETRIC, None, 0.0, (-5.0, 0.0)),
        (ASYMMETRIC, -9.0, 9.0, (-5 * 128 / 127, 5.0)),
        (ASYMMETRIC, -0.5, 0.5, (-0.503937, 0.5)),
    ],
)
def test_clipping_comes_before_the_alignment_with_zero(mode, clip_low, clip_high, expected):
    limits = RangeRule(256, mode, clip_low=clip_low, clip_high=clip_high)(np.array(-5.0), np.array(5.0))
    np.testing.assert_allclose(limits, expected, rtol=1e-5)


def test_clipping_values_that_leave_nothing_are_refused():
    with pytest.raises(ConfigError, match="below"):
        RangeRule(256, ASYMMETRIC, clip_low=1.0, clip_high=-1.0)(np.array(-5.0), np.array(5.0))
    with pytest.raises(ConfigError, match="positive end"):
        RangeRule(256, SYMMETRIC, clip_high=0.0)(np.array(-5.0), np.array(5.0))


def test_a_value_that_is_not_finite_is_refused():
    with pytest.raises(DataError, match=r"minimum.*1 of 2"):
        asymmetric_limits(np.array([np.nan, 0.0]), np.array([1.0, 1.0]), 256)
    with pytest.raises(DataError, match="maximum"):
        symmetric_limits(np.array(0.0), np.array(np.inf), 256)


# Groups


def test_a_joint_range_covers_every_member():
    low, high = join_ranges(
        [np.array([0.0, -1.0]), np.array([-2.0, 0.0])], [np.array([1.0, 1.0]), np.array([0.5, 3.0])]
    )
    assert low.tolist() == [-2, -1]
    assert high.tolist() == [1, 3]


def test_members_of_different_shapes_share_one_range():
    low, high = join_ranges([np.array([0.0, -1.0]), np.array(-2.0)], [np.array([1.0, 4.0]), np.array(3.0)])
    assert (low, high) == (-2, 4)
    assert low.shape == high.shape == ()


# What holds for any range

number = st.floats(-1e4, 1e4).map(lambda value: 0.0 if abs(value) < 1e-9 else value)
channels = hnp.array_shapes(min_dims=0, max_dims=1, max_side=6)
ranges = channels.flatmap(lambda shape: st.tuples(*[hnp.arrays(np.float64, shape, elements=number)] * 2)).map(
    lambda pair: (np.minimum(*pair), np.maximum(*pair))
)
rules = st.builds(
    lambda bits, mode, is_weights, pot_exact: RangeRule(
        count_levels(bits, mode, is_weights), mode, is_weights, pot_exact=pot_exact
    ),
    st.sampled_from([2, 4, 8, 16]),
    st.sampled_from(QuantizationMode),
    st.booleans(),
    st.booleans(),
)


def observed_for(rule, observed):
    low, high = observed
    return (low, np.maximum(np.abs(low), np.abs(high))) if rule.mode == SYMMETRIC else observed


@given(rules, ranges)
def test_zero_is_one_of_the_levels(rule, observed):
    low, high = rule(*observed_for(rule, observed))
    assert (low <= 0).all()
    assert (high >= 0).all()
    assert (low < high).all()
    zero_point = -low * (rule.levels - 1) / (high - low)
    np.testing.assert_allclose(zero_point, np.rint(zero_point), atol=1e-6)


@given(rules, ranges)
def test_what_was_observed_stays_inside_up_to_half_a_step(rule, observed):
    low, high = rule(*observed_for(rule, observed))
    half_step = (high - low) / (rule.levels - 1) / 2 * (1 + 1e-9)
    assert (low <= observed[0] + half_step).all()
    assert (high >= observed[1] - half_step).all()


@given(rules, ranges, st.integers(-10, 10))
def test_limits_scale_with_the_data(rule, observed, exponent):
    assume(not rule.pot_exact)
    low, high = observed_for(rule, observed)
    assume(np.abs(high - low).max() > 1e-3)
    factor = 2.0**exponent
    scaled = rule(low * factor, high * factor)
    np.testing.assert_allclose(scaled, np.array(rule(low, high)) * factor, rtol=1e-12)


@given(rules, ranges)
def test_zero_is_quantized_to_zero_and_limits_are_valid(rule, observed):
    low, high = rule(*observed_for(rule, observed))
    limits = FakeQuantizeLimits.from_range(low, high, rule.levels)
    np.testing.assert_allclose(fake_quantize(np.zeros(()), limits), 0.0, atol=1e-6 * float(np.max(high - low)))


@given(rules, ranges)
def test_one_channel_gets_what_the_tensor_would_get(rule, observed):
    low, high = (np.atleast_1d(end)[0] for end in observed_for(rule, observed))
    per_tensor = rule(np.asarray(low), np.asarray(high))
    per_channel = rule(np.array([low]), np.array([high]))
    assert [end.tolist() for end in per_tensor] == [end[0] for end in per_channel]
    assert all(end.shape == () for end in per_tensor)


@given(ranges, st.sampled_from([16, 256, 65536]))
def test_a_unified_zero_point_is_shared_and_nothing_falls_outside(observed, levels):
    rule = RangeRule(levels, ASYMMETRIC, unified_zero_point=True)
    low, high = rule(*observed)
    zero_points = np.rint(-low * (levels - 1) / (high - low))
    assert len(np.unique(zero_points)) == 1
    half_step = (high - low) / (levels - 1) / 2 * (1 + 1e-9)
    assert (low <= observed[0] + half_step).all()
    assert (high >= observed[1] - half_step).all()


@given(ranges, st.floats(-10, -0.01), st.floats(0.01, 10), st.sampled_from(QuantizationMode))
def test_clipped_limits_exceed_the_clipping_values_by_less_than_the_alignment(observed, clip_low, clip_high, mode):
    rule = RangeRule(256, mode, clip_low=clip_low, clip_high=clip_high)
    low, high = rule(*observed_for(rule, observed))
    two_steps = 2 * (high - low) / 255
    # A channel of zeros gets a range of its own, at most 1.
    assert (low >= min(clip_low, -1.0) - two_steps).all()
    assert (high <= max(clip_high, 1.0) + two_steps).all()


@given(ranges, st.sampled_from([16, 256, 65536]))
def test_the_step_is_never_coarser_than_with_the_nearest_zero_point(observed, levels):
    assume((observed[1] - observed[0] > 1e-2).all())
    low, high = asymmetric_limits(*observed, levels=levels)
    pot_low, pot_high = asymmetric_limits(*observed, levels=levels, pot_exact=True)
    wide = (np.maximum(observed[1], 0) - np.minimum(observed[0], 0)) >= 1e-3 * np.max(high - low)
    assert ((high - low) <= (pot_high - pot_low) * (1 + 1e-9))[wide].all()


@given(ranges)
def test_aligning_twice_changes_nothing(observed):
    low, high = asymmetric_limits(*observed, levels=256)
    again = align_range(low, high, 256)
    assert [end.tolist() for end in again] == [low.tolist(), high.tolist()]

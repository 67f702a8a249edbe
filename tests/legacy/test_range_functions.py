import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import openvino as ov
from openpot.errors import ConfigError
from openpot.legacy.graph_editor import get_node_by_name
from openpot.legacy.range_functions import (
    compute_levels,
    fill_fake_quantize_node,
    fix_zero_filters_asymmetric,
    fix_zero_filters_symmetric,
    tune_range,
    tune_range_unify_zp,
)
from openvino import opset13 as op

ends = st.floats(1e-3, 1e3)


@given(low=ends, high=ends)
@example(low=0.982421875, high=501.0)
def test_tuned_range_has_zero_as_a_level_and_covers_the_old_one_but_for_half_a_step(low, high):
    new_low, new_high = tune_range(-low, high, 8)
    new_step, old_step = (new_high - new_low) / 255, (high + low) / 255
    assert abs(-new_low / new_step - np.rint(-new_low / new_step)) < 1e-6
    assert new_low <= -low + old_step / 2
    assert new_high >= high - old_step / 2


def test_tuned_range_moves_the_end_that_makes_it_wider():
    low, high = tune_range(np.array([-1.0]), np.array([1.0]), 8)
    np.testing.assert_allclose([low[0], high[0]], [-128 / 127, 1.0])


def test_unified_zero_point_is_one_for_all_channels():
    low, high = tune_range_unify_zp(np.array([-1.0, -3.0]), np.array([1.0, 1.0]), 8)
    zero_points = -low / ((high - low) / 255)
    np.testing.assert_allclose(zero_points, zero_points[0])


@pytest.mark.parametrize(
    ("values", "eps", "expected"),
    [
        ([1.0, 0.001], 0.01, [1.0, 0.01]),
        ([1e-6, 0.0], 0.01, [8e-5, 8e-5]),
        ([1.0, 0.001], 0.1, [1.0, 0.1]),
    ],
    ids=["share of the largest", "absolute floor", "another share"],
)
def test_small_filters_are_raised(values, eps, expected):
    np.testing.assert_allclose(fix_zero_filters_symmetric(np.array(values), eps), expected)


def test_narrow_ranges_are_widened_on_both_sides():
    high, low = fix_zero_filters_asymmetric(np.array([1.0, 1e-4]), np.array([-1.0, 0.0]))
    np.testing.assert_allclose(high, [1.0, 9e-4])
    np.testing.assert_allclose(low, [-1.0, -8e-4])


@pytest.mark.parametrize(
    ("config", "is_weights", "levels"),
    [
        ({"bits": 8, "mode": "symmetric"}, True, 255),
        ({"bits": 8, "mode": "symmetric"}, False, 256),
        ({"bits": 8, "mode": "asymmetric"}, True, 256),
        ({"bits": 4, "mode": "symmetric"}, True, 15),
        ({"bits": 8, "mode": "symmetric", "level_low": -127, "level_high": 127}, False, 255),
        ({"mode": "asymmetric"}, False, 256),
    ],
    ids=["weights", "activations", "asymmetric weights", "4 bits", "stated", "bits default to 8"],
)
def test_levels_follow_from_bits_and_mode(config, is_weights, levels):
    assert compute_levels(config, is_weights) == levels


def test_impossible_bits_are_refused():
    with pytest.raises(ConfigError, match="bits"):
        compute_levels({"bits": 1, "mode": "symmetric"}, False)


def model_with_fake_quantize():
    data = op.parameter([1, 3], np.float32, name="data")
    limits = [op.constant(np.float32(value), name=f"limit{port}") for port, value in enumerate((0, 1, 0, 1))]
    quantized = op.fake_quantize(data, *limits, 256, name="fq")
    return ov.Model([op.result(quantized, name="result")], [data], "one")


@pytest.mark.parametrize(
    ("given_limits", "expected"),
    [((-1.0, 2.0), (-1.0, 2.0, -1.0, 2.0)), ((-1.0, 2.0, -3.0, 4.0), (-1.0, 2.0, -3.0, 4.0))],
    ids=["input limits", "all limits"],
)
def test_limits_are_written_into_a_fake_quantize(given_limits, expected):
    model = model_with_fake_quantize()
    fill_fake_quantize_node(get_node_by_name(model, "fq"), *given_limits)
    node = get_node_by_name(model, "fq")
    assert tuple(node.in_port(port).get_value().item() for port in range(1, 5)) == expected

"""Halving weights uses half the levels and changes nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpot.numerics.fake_quantize import FakeQuantizeLimits, fake_quantize
from openpot.numerics.ranges import weight_limits
from openpot.numerics.saturation import halve_weights
from openpot.scheme import QuantizationMode


def limits_of(weights, levels=255):
    magnitude = np.abs(weights).max(axis=(1, 2, 3), keepdims=True)
    return FakeQuantizeLimits.from_range(*weight_limits(None, magnitude, levels, QuantizationMode.SYMMETRIC), levels)


def test_pot_gold_limits():
    weights = np.full((1, 1, 1, 1), 0.6975, np.float32)
    halved, limits = halve_weights(weights, limits_of(weights))
    assert halved.item() == pytest.approx(0.34875)
    assert (limits.input_low.item(), limits.input_high.item()) == (pytest.approx(-0.6975), pytest.approx(0.6975))
    assert (limits.output_low.item(), limits.output_high.item()) == (pytest.approx(-1.395), pytest.approx(1.395))


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_the_type_of_the_weights_is_kept_and_the_original_left_alone(dtype):
    weights = np.ones((2, 1, 1, 1), dtype)
    halved, _ = halve_weights(weights, limits_of(weights))
    assert halved.dtype == dtype
    assert weights.max() == 1


@given(st.integers(0, 1000))
def test_the_layer_computes_with_the_same_weights_at_half_the_resolution(seed):
    weights = np.random.default_rng(seed).normal(size=(4, 3, 3, 3)).astype(np.float32)
    original = limits_of(weights)
    halved, limits = halve_weights(weights, original)
    result = fake_quantize(halved, limits)
    assert (np.abs(result - weights) <= original.scale * 1.0001).all()
    levels = np.rint(result / limits.scale)
    assert np.abs(levels).max() <= 64

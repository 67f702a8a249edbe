"""FakeQuantize as rounding between two scalings."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from openpot.numerics.fake_quantize import FakeQuantizeLimits, fake_quantize
from openpot.numerics.scaled_rounding import PARTS, no_rounding, scaled_rounding

ENDS = st.tuples(st.floats(-1e3, 1e3), st.floats(1e-3, 1e3))


def computed(x, vector, levels, shape):
    """What the graph computes with such a vector."""
    size = int(np.prod(shape))
    share, rest = vector[0], vector[1:].reshape(len(PARTS) - 1, size)
    start, gain, step, low = (part.reshape(shape) for part in rest)
    return share * x + step * np.rint(np.clip(gain * (x - start), 0, levels - 1)) + low


@given(ends=ENDS, output=ENDS, levels=st.sampled_from([16, 255, 256]), seed=st.integers(0, 99))
def test_it_is_fake_quantize_but_for_ties(ends, output, levels, seed):
    (low, width), (output_low, output_width) = ends, output
    arrays = (np.array(v) for v in (low, low + width, output_low, output_low + output_width))
    limits = FakeQuantizeLimits(*arrays, levels)
    # In the middle of the steps, and beyond both ends: where rounding is the same however it is computed.
    steps = np.random.default_rng(seed).integers(-3, levels + 3, 50) + 0.3
    x = limits.input_low + steps * (limits.input_high.astype(np.float64) - limits.input_low) / (levels - 1)
    found = computed(x, scaled_rounding(limits, ()).astype(np.float64), levels, ())
    tolerance = 1e-5 * (abs(output_low) + output_width)
    np.testing.assert_allclose(found, fake_quantize(x, limits), rtol=1e-5, atol=tolerance)


def test_limits_of_different_shapes_broadcast():
    high = np.array([1.0, 2.0]).reshape(2, 1)
    limits = FakeQuantizeLimits(np.array(-1.0), high, np.array(-1.0), high, 16)
    vector = scaled_rounding(limits, (2, 1))
    assert vector.shape == (9,)
    x = np.array([[-0.35, 0.5, 7.0], [-0.35, 0.5, 7.0]])
    np.testing.assert_allclose(computed(x, vector, 16, (2, 1)), fake_quantize(x, limits), atol=1e-6)


def test_without_rounding_numbers_stay_as_they_are():
    x = np.array([-1e30, 0.123456789, 7.0], np.float32)
    np.testing.assert_array_equal(computed(x, no_rounding((3,)), 256, (3,)), x)

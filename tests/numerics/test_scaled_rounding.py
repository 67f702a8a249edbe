"""FakeQuantize as rounding between two scalings."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from openpot.numerics.fake_quantize import FakeQuantizeLimits, fake_quantize
from openpot.numerics.scaled_rounding import compute_scaled_rounding

ENDS = st.tuples(st.floats(-1e3, 1e3), st.floats(1e-3, 1e3))


@given(ends=ENDS, output=ENDS, levels=st.sampled_from([16, 255, 256]), seed=st.integers(0, 99))
def test_it_is_fake_quantize_but_for_ties(ends, output, levels, seed):
    (low, width), (output_low, output_width) = ends, output
    arrays = (np.array(v) for v in (low, low + width, output_low, output_low + output_width))
    limits = FakeQuantizeLimits(*arrays, levels)
    # Beside the middle of the steps, and beyond both ends: there rounding is the same however it is computed.
    steps = np.random.default_rng(seed).integers(-3, levels + 3, 50) + 0.3
    x = limits.input_low + steps * (limits.input_high.astype(np.float64) - limits.input_low) / (levels - 1)
    start, gain, step, moved = compute_scaled_rounding(limits)
    found = step * np.rint(np.clip(gain * (x - start), 0, levels - 1)) + moved
    tolerance = 1e-5 * (abs(output_low) + output_width)
    np.testing.assert_allclose(found, fake_quantize(x, limits), rtol=1e-5, atol=tolerance)

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import openvino as ov
from openpot.numerics.patches import extract_patches
from openpot.numerics.window import Window
from openvino import opset13 as op
from toy_models import run


@given(st.integers(1, 3), st.integers(1, 2), st.integers(0, 2), st.sampled_from([1, 2]), st.integers(0, 99))
def test_rows_times_filters_are_the_convolution(stride, dilation, pad, groups, seed):
    rng = np.random.default_rng(seed)
    data = rng.standard_normal((2, 4, 9, 8)).astype(np.float32)
    weights = rng.standard_normal((groups, 3, 4 // groups, 3, 2)).astype(np.float32)
    window = Window((stride, 1), (dilation, 1), (pad, 0), (1, pad), False)
    x = op.parameter(data.shape, np.float32)
    y = op.group_convolution(x, op.constant(weights), list(window.strides), list(window.pads_begin),
                             list(window.pads_end), list(window.dilations))  # fmt: skip
    expected = np.moveaxis(run(ov.Model([y], [x], "convolution"), data)[0], 1, -1).reshape(-1, groups, 3)
    positions = np.sort(rng.choice(len(expected), 7, replace=False))
    rows = extract_patches(data, (3, 2), window, groups, positions)
    found = rows @ np.swapaxes(weights.reshape(groups, 3, -1), 1, 2)
    np.testing.assert_allclose(np.moveaxis(found, 0, 1), expected[positions], atol=1e-4)


@pytest.mark.parametrize("rank", [1, 3])
def test_other_numbers_of_axes_work(rank):
    data = np.arange(2 * 5**rank, dtype=np.float32).reshape(1, 2, *[5] * rank)
    rows = extract_patches(data, (1,) * rank, Window.plain(rank), 1, np.arange(5**rank))
    np.testing.assert_array_equal(rows[0].T, data[0].reshape(2, -1))

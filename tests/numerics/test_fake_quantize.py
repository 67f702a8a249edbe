"""Limits that are valid by construction, and the reference of the operation against a table and the runtime."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from openpot.errors import ModelError
from openpot.numerics.fake_quantize import FakeQuantizeLimits, fake_quantize

TABLE = [
    # id, low, high, levels, input, expected
    ("clips", -1, 1, 3, [-5, 5], [-1, 1]),
    ("rounds half to even", 0, 4, 5, [0.5, 1.5, 2.5, 3.5], [0, 2, 2, 4]),
    ("narrow symmetric", -127, 127, 255, [-127.4, -0.4, 0, 0.6, 126.4], [-127, 0, 0, 1, 126]),
    ("signed", -128, 127, 256, [-128, -127.6, 0, 127], [-128, -128, 0, 127]),
    ("unsigned", 0, 255, 256, [-3, 0, 254.4, 255], [0, 0, 254, 255]),
    ("per channel", [[0], [-2]], [[1], [2]], 2, [[0.4, 0.6], [-0.1, 0.1]], [[0, 1], [-2, 2]]),
]


@pytest.mark.parametrize(
    ("low", "high", "levels", "x", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE]
)
def test_table(low, high, levels, x, expected):
    result = fake_quantize(np.array(x), FakeQuantizeLimits.from_range(low, high, levels))
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, expected, atol=1e-5)


def test_the_output_range_may_differ_from_the_input_range():
    limits = FakeQuantizeLimits(-1, 1, -10, 10, 255)
    np.testing.assert_allclose(fake_quantize(np.array([-0.5, 0, 1]), limits), [-4.9606, 0, 10], atol=1e-3)
    np.testing.assert_allclose(limits.scale, 20 / 254)


def test_limits_are_float32_copies_that_nobody_can_change():
    low = np.array([-1.0])
    limits = FakeQuantizeLimits.from_range(low, np.array([1.0]), 255)
    low[0] = 5
    assert limits.input_low.tolist() == [-1]
    assert limits.input_low.dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        limits.output_low[0] = 3


INVALID = [
    ("not finite", (-1, np.inf, -1, 1, 255), "input_high"),
    ("overflows float32", (-1, 1, -1e39, 1, 255), "output_low"),
    ("empty range", (1, 1, -1, 1, 255), "input_low must lie below"),
    ("reversed in one channel", ([0, 2], [1, 1], 0, 1, 255), "1 of 2 places"),
    ("reversed output", (-1, 1, 1, -1, 255), "output_low must lie below"),
    ("denormal step", (0, 1e-36, 0, 1, 256), "input_low"),
    ("one level", (-1, 1, -1, 1, 1), "given 1"),
    ("too many levels", (-1, 1, -1, 1, 2**33), "2..2"),
]


@pytest.mark.parametrize(("arguments", "words"), [row[1:] for row in INVALID], ids=[row[0] for row in INVALID])
def test_invalid_limits_are_refused(arguments, words):
    with np.errstate(over="ignore"), pytest.raises(ModelError, match=words):
        FakeQuantizeLimits(*arguments)


def test_equals_compares_levels_bits_and_shapes():
    limits = FakeQuantizeLimits.from_range(-1, 1, 255)
    assert limits.equals(FakeQuantizeLimits.from_range(np.float64(-1), 1, 255))
    assert not limits.equals(FakeQuantizeLimits.from_range(-1, 1, 256))
    assert not limits.equals(FakeQuantizeLimits.from_range([-1], [1], 255))
    assert not limits.equals(FakeQuantizeLimits(-1, 1, -1, 1.5, 255))


cases = st.tuples(
    hnp.arrays(np.float32, 50, elements=st.floats(-200, 200, width=32)),
    st.floats(-100, -0.01),
    st.floats(0.01, 100),
    st.sampled_from([15, 16, 255, 256, 65536]),
)


@given(cases)
def test_quantizing_twice_changes_nothing_more(case):
    x, low, high, levels = case
    limits = FakeQuantizeLimits.from_range(low, high, levels)
    once = fake_quantize(x, limits)
    np.testing.assert_array_equal(fake_quantize(once, limits), once)


@given(cases)
def test_the_error_inside_the_range_is_at_most_half_a_step(case):
    x, low, high, levels = case
    limits = FakeQuantizeLimits.from_range(low, high, levels)
    inside = np.clip(x, limits.input_low, limits.input_high)
    assert np.abs(fake_quantize(x, limits) - inside).max() <= limits.scale / 2 + 1e-5


@given(cases)
def test_order_is_kept_and_no_more_than_levels_values_come_out(case):
    x, low, high, levels = case
    result = fake_quantize(np.sort(x), FakeQuantizeLimits.from_range(low, high, levels))
    assert (np.diff(result) >= 0).all()
    assert len(np.unique(result)) <= levels


def test_the_reference_agrees_with_the_runtime():
    import openvino as ov
    from openvino import opset13 as op

    x = np.random.default_rng(0).normal(size=(1, 4, 9, 9)).astype(np.float32) * 3
    high = np.array([0.5, 1, 2, 4], np.float32).reshape(1, 4, 1, 1)
    limits = FakeQuantizeLimits(-high * 256 / 254, high, -2 * high * 256 / 254, 2 * high, 256)
    data = op.parameter(x.shape, np.float32)
    node = op.fake_quantize(data, limits.input_low, limits.input_high, limits.output_low, limits.output_high, 256)
    compiled = ov.Core().compile_model(ov.Model([node], [data]), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    difference = np.abs(compiled(x)[0] - fake_quantize(x, limits))
    # A value within a rounding error of a tie may fall to the other side.
    assert (difference > 1e-5).mean() < 0.01
    assert (difference <= limits.scale * 1.001).all()

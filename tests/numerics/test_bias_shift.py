"""The closed form of a layer's mean output against running the layer, and the acceptance rule as a table."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from openpot.errors import ModelError
from openpot.numerics.bias_shift import check_shift, compute_mean_convolution_output, compute_mean_matmul_output
from openpot.numerics.window import Window


def convolve(x, weights, window):
    """Brute force: pad with zeros, visit every output position. Weights (groups, outputs, inputs, *kernel)."""
    groups, outputs, inputs, *kernel = weights.shape
    if window.transposed:
        return scatter(x, weights, window)
    pads = [(0, 0), *zip(window.pads_begin, window.pads_end, strict=True)]
    padded = np.pad(x, pads)
    size = window.compute_output_size(kernel, x.shape[1:])
    y = np.zeros((groups * outputs, *size))
    for position in itertools.product(*map(range, size)):
        for tap in itertools.product(*map(range, kernel)):
            place = tuple(
                p * s + k * d for p, s, k, d in zip(position, window.strides, tap, window.dilations, strict=True)
            )
            for group, output in itertools.product(range(groups), range(outputs)):
                taps = weights[(group, output, slice(None), *tap)]
                channels = padded[(slice(group * inputs, (group + 1) * inputs), *place)]
                y[(group * outputs + output, *position)] += taps @ channels
    return y


def scatter(x, weights, window):
    """Brute force of the transposed convolution: every input position writes its kernel, then pads are cut off."""
    groups, outputs, inputs, *kernel = weights.shape
    size = window.compute_output_size(kernel, x.shape[1:])
    y = np.zeros((groups * outputs, *size))
    for position in itertools.product(*map(range, x.shape[1:])):
        for tap in itertools.product(*map(range, kernel)):
            place = tuple(
                p * s + k * d - b
                for p, s, k, d, b in zip(
                    position, window.strides, tap, window.dilations, window.pads_begin, strict=True
                )
            )
            if not all(0 <= at < length for at, length in zip(place, size, strict=True)):
                continue
            for group, output in itertools.product(range(groups), range(outputs)):
                taps = weights[(group, output, slice(None), *tap)]
                channels = x[(slice(group * inputs, (group + 1) * inputs), *position)]
                y[(group * outputs + output, *place)] += taps @ channels
    return y


def in_layout_of_openvino(weights, window, grouped):
    """(groups, outputs, inputs, *kernel) to the layout of the operation's constant."""
    laid_out = weights.swapaxes(1, 2) if window.transposed else weights
    return laid_out if grouped else laid_out[0]


def compare(rng, window, kernel, size, groups=1, outputs=2, inputs=3, grouped=False):
    weights = rng.normal(size=(groups, outputs, inputs, *kernel))
    means = rng.normal(size=groups * inputs)
    x = np.broadcast_to(means.reshape(-1, *[1] * len(size)), (groups * inputs, *size))
    expected = convolve(x, weights, window).reshape(groups * outputs, -1).mean(axis=1)
    result = compute_mean_convolution_output(
        in_layout_of_openvino(weights, window, grouped), means, window, size, grouped
    )
    np.testing.assert_allclose(result, expected, rtol=1e-9, atol=1e-12)


CASES = [
    # id, window, kernel, input size, options
    ("1-D", Window((1,), (1,), (2,), (0,)), (3,), (6,), {}),
    ("2-D without padding", Window.plain(2), (3, 3), (6, 7), {}),
    ("2-D same padding", Window((1, 1), (1, 1), (1, 1), (1, 1)), (3, 3), (4, 5), {}),
    ("2-D stride 2, asymmetric pads", Window((2, 2), (1, 1), (0, 1), (1, 0)), (3, 3), (7, 8), {}),
    ("2-D strides and dilations differ by axis", Window((2, 3), (1, 2), (1, 2), (2, 1)), (3, 2), (7, 9), {}),
    ("2-D padding wider than the kernel", Window((1, 1), (1, 1), (3, 2), (0, 3)), (2, 2), (3, 3), {}),
    ("3-D", Window((1, 2, 1), (1, 1, 2), (1, 0, 1), (1, 1, 2)), (2, 3, 2), (3, 4, 5), {}),
    ("1x1", Window.plain(2), (1, 1), (5, 5), {}),
    ("grouped", Window((1, 1), (1, 1), (1, 1), (1, 1)), (3, 3), (5, 5), {"groups": 3, "grouped": True}),
    (
        "depthwise",
        Window((2, 2), (1, 1), (1, 1), (1, 1)),
        (3, 3),
        (6, 6),
        {"groups": 4, "outputs": 1, "inputs": 1, "grouped": True},
    ),
    (
        "depthwise with multiplier",
        Window((1, 1), (1, 1), (1, 1), (1, 1)),
        (3, 3),
        (4, 4),
        {"groups": 4, "outputs": 2, "inputs": 1, "grouped": True},
    ),
    ("transposed", Window((2, 2), (1, 1), (0, 0), (0, 0), True), (2, 2), (3, 4), {}),
    ("transposed, cropped", Window((2, 2), (1, 1), (1, 0), (0, 1), True), (4, 4), (3, 3), {}),
    (
        "transposed, output padding",
        Window((2, 3), (1, 1), (1, 1), (1, 1), True, (1, 2)),
        (3, 3),
        (3, 4),
        {},
    ),
    ("transposed, dilated", Window((1, 2), (2, 1), (0, 1), (1, 0), True), (2, 3), (4, 3), {}),
    (
        "transposed and grouped",
        Window((2, 2), (1, 1), (1, 1), (1, 1), True),
        (4, 4),
        (3, 3),
        {"groups": 2, "outputs": 2, "inputs": 3, "grouped": True},
    ),
    (
        "transposed 1-D",
        Window((4,), (1,), (2,), (2,), True),
        (8,),
        (5,),
        {},
    ),
]


@pytest.mark.parametrize(
    ("window", "kernel", "size", "options"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_closed_form_equals_brute_force(window, kernel, size, options):
    compare(np.random.default_rng(0), window, kernel, size, **options)


@given(st.data(), st.integers(1, 2), st.booleans(), st.booleans())
def test_closed_form_equals_brute_force_for_any_geometry(data, rank, transposed, grouped):
    def numbers(low, high):
        return tuple(data.draw(st.tuples(*[st.integers(low, high)] * rank)))

    extra = numbers(0, 1) if transposed else ()
    window = Window(numbers(1, 3), numbers(1, 2), numbers(0, 2), numbers(0, 2), transposed, extra)
    kernel, size = numbers(1, 3), numbers(1, 4)
    try:
        window.compute_output_size(kernel, size)
    except ModelError:
        assume(False)
    groups = 2 if grouped else 1
    compare(np.random.default_rng(0), window, kernel, size, groups, outputs=2, inputs=2, grouped=grouped)


def runtime_convolution(x, weights, window, grouped):
    import openvino as ov
    from openvino import opset13 as op

    data = op.parameter(x.shape, np.float32)
    geometry = [list(window.strides), list(window.pads_begin), list(window.pads_end), list(window.dilations)]
    if window.transposed:
        make = op.group_convolution_backprop_data if grouped else op.convolution_backprop_data
        node = make(
            data,
            op.constant(weights.astype(np.float32)),
            geometry[0],
            pads_begin=geometry[1],
            pads_end=geometry[2],
            dilations=geometry[3],
            output_padding=list(window.output_padding or [0] * len(window.strides)),
        )
    else:
        make = op.group_convolution if grouped else op.convolution
        node = make(data, op.constant(weights.astype(np.float32)), *geometry)
    compiled = ov.Core().compile_model(ov.Model([node], [data]), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return compiled(x)[0]


@pytest.mark.parametrize(
    ("window", "kernel", "size", "options"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_closed_form_equals_the_runtime(window, kernel, size, options):
    grouped = options.get("grouped", False)
    groups, outputs, inputs = options.get("groups", 1), options.get("outputs", 2), options.get("inputs", 3)
    rng = np.random.default_rng(1)
    weights = in_layout_of_openvino(rng.normal(size=(groups, outputs, inputs, *kernel)), window, grouped)
    means = rng.normal(size=groups * inputs)
    x = np.broadcast_to(means.reshape(1, -1, *[1] * len(size)), (1, groups * inputs, *size)).astype(np.float32)
    expected = runtime_convolution(x, weights, window, grouped)[0].reshape(groups * outputs, -1).mean(axis=1)
    np.testing.assert_allclose(
        compute_mean_convolution_output(weights, means, window, size, grouped), expected, rtol=1e-4, atol=1e-5
    )


def test_the_difference_of_weights_gives_the_difference_of_means():
    rng = np.random.default_rng(2)
    window = Window((2, 2), (1, 1), (1, 1), (1, 1))
    weights, quantized = rng.normal(size=(2, 4, 3, 3, 3))
    means = rng.normal(size=3)
    shift = compute_mean_convolution_output(weights - quantized, means, window, (8, 8))
    both = [compute_mean_convolution_output(w, means, window, (8, 8)) for w in (weights, quantized)]
    np.testing.assert_allclose(shift, both[0] - both[1], atol=1e-12)


def test_means_must_fit_the_weights():
    with pytest.raises(ModelError, match="3 input channels"):
        compute_mean_convolution_output(np.zeros((2, 3, 1, 1)), np.zeros(4), Window.plain(2), (5, 5))
    with pytest.raises(ModelError, match="3 inputs"):
        compute_mean_matmul_output(np.zeros((3, 5)), np.zeros(4))


MATMULS = [
    # id, input shape, weights shape, transpose
    ("2-D", (4, 3), (3, 5), False),
    ("2-D transposed", (4, 3), (5, 3), True),
    ("batched input", (2, 4, 3), (3, 5), False),
    ("batched weights", (2, 4, 3), (2, 3, 5), False),
    ("batched transposed weights, broadcast", (2, 6, 4, 3), (6, 5, 3), True),
    ("vector of weights", (4, 3), (3,), False),
    ("vector of weights, transposed", (4, 3), (3,), True),
]


@pytest.mark.parametrize(
    ("input_shape", "weights_shape", "transpose"), [row[1:] for row in MATMULS], ids=[row[0] for row in MATMULS]
)
def test_matmul_equals_brute_force(input_shape, weights_shape, transpose):
    rng = np.random.default_rng(0)
    weights, means = rng.normal(size=weights_shape), rng.normal(size=3)
    right = weights.swapaxes(-1, -2) if transpose and weights.ndim > 1 else weights
    product = np.broadcast_to(means, input_shape) @ right
    expected = product.mean() if weights.ndim == 1 else product.reshape(-1, product.shape[-1]).mean(axis=0)
    result = compute_mean_matmul_output(weights, means, transpose)
    assert result.shape == np.shape(expected)
    np.testing.assert_allclose(result, expected)


VERDICTS = [
    # id, shift, bias, spread, threshold, accepted, magnitude
    ("small against the bias", [1.0, -1.0], [1.0, 2.0], 0.0, 2.0, True, 1.0),
    ("large against the bias", [1.0, -5.0], [1.0, 2.0], 0.0, 2.0, False, 2.5),
    ("at the threshold", [2.0], [1.0], 0.0, 2.0, False, 2.0),
    ("a bias of zero is measured by the spread", [1.0, 1.0], [0.0, 5.0], [1.0, 1.0], 2.0, True, 1.0),
    ("no bias at all", [0.5, -0.5], None, [1.0, 0.5], 2.0, True, 1.0),
    ("no bias, absurd shift", [0.5, -50.0], None, [1.0, 0.5], 2.0, False, 100.0),
    ("tiny bias, ordinary spread", [0.1], [1e-9], [1.0], 2.0, True, 0.1),
    ("a dead channel borrows the median", [0.1, 0.1, 0.1], None, [0.0, 1.0, 3.0], 2.0, True, 0.1),
    ("a dead layer that shifts", [0.1], [0.0], 0.0, 2.0, False, np.inf),
    ("a dead layer that does not", [0.0], [0.0], 0.0, 2.0, True, 0.0),
    ("not finite", [np.nan, 0.0], [1.0, 1.0], 1.0, 2.0, False, np.inf),
    ("spread not finite", [0.0], [1.0], np.inf, 2.0, False, np.inf),
    ("one spread for the layer", [1.0, 1.0], None, 2.0, 2.0, True, 0.5),
    ("one bias for all channels", [1.0, 1.0], 2.0, 0.0, 2.0, True, 0.5),
]


@pytest.mark.parametrize(
    ("shift", "bias", "spread", "threshold", "accepted", "magnitude"),
    [row[1:] for row in VERDICTS],
    ids=[row[0] for row in VERDICTS],
)
def test_acceptance(shift, bias, spread, threshold, accepted, magnitude):
    verdict = check_shift(np.array(shift), None if bias is None else np.array(bias), np.array(spread), threshold)
    assert verdict.accepted is accepted
    assert verdict.magnitude == pytest.approx(magnitude)


vectors = st.lists(st.tuples(*[st.floats(-100, 100)] * 2, st.floats(0, 100)), min_size=1, max_size=6)


@given(vectors)
def test_whatever_the_comparison_with_the_bias_accepts_is_accepted(rows):
    shift, bias, spread = np.array(rows).T
    assume((np.abs(bias) > 1e-3).all())
    if (np.abs(shift) / np.abs(bias)).max() < 2.0:
        assert check_shift(shift, bias, spread, 2.0).accepted


@given(vectors, st.integers(-20, 20))
def test_the_verdict_does_not_depend_on_the_unit(rows, exponent):
    shift, bias, spread = np.array(rows).T
    # Numbers so small that their ratios, or their products with the factor, are no normal numbers lose digits.
    assume(all(value == 0 or abs(value) > 1e-30 for row in rows for value in row))
    factor = 2.0**exponent
    one, other = check_shift(shift, bias, spread, 2.0), check_shift(shift * factor, bias * factor, spread * factor, 2.0)
    assert other.magnitude == pytest.approx(one.magnitude)

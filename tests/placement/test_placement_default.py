"""openpot's own placement, each rule in a small graph."""

import pytest

from openpot.config.ignored_scope import IgnoredScope
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.placement.place import plan_quantization
from openpot.placement.placement_request import PlacementRequest
from openpot.placement.plan import QuantizerKind
from openpot.scheme import PerChannel
from placement_requests import request_of
from snapshot_text import places, plan_lines, reason, snapshot_from_text
from toy_models import worked_example

START = """
data = Parameter 1x8x8x8
w = Constant 8x8x3x3
w2 = Constant 8x8x1x1
wd = Constant 8x1x1x3x3
wf = Constant 16x8
k = Constant 4 i64
b = Constant 1x8x1x1
"""


def plan(text, **stated):
    if "ignored" in stated:
        stated["ignored"] = IgnoredScope(**stated["ignored"])
    return plan_quantization(snapshot_from_text(START + text), request_of(**stated))


def activations(found):
    return {one.name: f"{one.tensor}" for one in found.quantizers_of_kind(QuantizerKind.ACTIVATIONS)}


def test_the_worked_example_quantizes_what_multiplies_and_nothing_else():
    found = plan_quantization(snapshot_from_model(worked_example()), PlacementRequest())
    assert {one.name: str(one.tensor) for one in found.quantizers_of_kind(QuantizerKind.ACTIVATIONS)} == {
        "conv1/fq_input_0": "data",
        "dw/fq_input_0": "relu1",
        "conv2/fq_input_0": "relu6",
        "conv3/fq_input_0": "conv2_bias",
        "conv4/fq_input_0": "relu_res",
        "concat/fq_input_0": "deconv",
        "concat/fq_input_1": "conv4",
        "flat/fq_input_0": "gap",
    }
    assert len(found.quantizers_of_kind(QuantizerKind.WEIGHTS)) == 8
    assert places(found)["conv3/fq_input_0"] == "conv2_bias -> conv3[0]"  # the residual Add reads floats
    assert {one.group for one in found.quantizers if one.name.startswith("concat")} == {0}
    assert [one.operation for one in found.decisions] == [
        "conv1", "dw", "conv2", "conv3", "deconv", "conv4", "conv5", "fc",
    ]  # fmt: skip


LAYERS = "conv = Convolution(data, w)\nrelu = Relu(conv)\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("p = MaxPool(relu)\nx = Convolution(p, w2)", {"p/fq_input_0": "relu"}),
        ("p = MaxPool(relu)\nx = Convolution(p, w2)\no = Result(p)", {"x/fq_input_0": "p"}),
        ("p = Clamp(relu)\nx = Convolution(p, w2)", {"x/fq_input_0": "p"}),
        ("p = Tile(relu, k)\nx = Convolution(p, w2)", {"x/fq_input_0": "p"}),
        ("p = Pad(relu, k, k) pad_mode=constant\nx = Convolution(p, w2)", {"p/fq_input_0": "relu"}),
        ("p = Interpolate(relu, k) mode=nearest\nx = Convolution(p, w2)", {"p/fq_input_0": "relu"}),
        ("p = Interpolate(relu, k) mode=linear\nx = Convolution(p, w2)", {"x/fq_input_0": "p"}),
        ("x = Convolution(relu, w2)\ny = Add(relu, relu)", {"x/fq_input_0": "relu"}),
        ("p = Concat(relu, b)\nx = Convolution(p, w2)", {"x/fq_input_0": "p"}),
        (
            "s = Sigmoid(conv)\np = Concat(relu, s) 1x16x8x8\nx = Convolution(p, w2)",
            {"p/fq_input_0": "relu", "p/fq_input_1": "s"},
        ),
    ],
)
def test_quantizers_move_up_only_through_what_stays_int8(text, expected):
    found = activations(plan(LAYERS + text))
    assert {name: place for name, place in found.items() if name != "conv/fq_input_0"} == expected


def test_one_quantizer_serves_all_convolutions_that_read_a_tensor():
    found = plan(LAYERS + "x = Convolution(relu, w)\ny = Convolution(relu, w2)")
    assert places(found)["x/fq_input_0"] == "relu -> x[0], y[0]"
    assert places(found)["conv/fq_weights_1"] == "w -> conv[1], x[1]"


def test_weights_read_along_different_axes_have_a_quantizer_each():
    text = "fc = MatMul(data, wf) transpose_b=true\nback = MatMul(fc, wf) transpose_b=false"
    found = {one.name: one.granularity for one in plan(text).quantizers_of_kind(QuantizerKind.WEIGHTS)}
    assert found == {"fc/fq_weights_1": PerChannel(0), "back/fq_weights_1": PerChannel(1)}


@pytest.mark.parametrize(
    ("text", "granularity"),
    [
        ("x = GroupConvolution(relu, wd)", "per channel (axis 1)"),
        ("p = MaxPool(relu)\nx = GroupConvolution(p, wd)", "per channel (axis 1)"),
        ("p = Transpose(relu, k)\nx = GroupConvolution(p, wd)", "per tensor"),
        ("x = GroupConvolution(relu, wd)\ny = Convolution(relu, w)", "per tensor"),
        ("x = Convolution(relu, w)", "per tensor"),
    ],
)
def test_activations_of_depthwise_convolutions_have_a_range_per_channel(text, granularity):
    found = {str(one.tensor): str(one.granularity) for one in plan(LAYERS + text).quantizers}
    assert found["relu"] == granularity


@pytest.mark.parametrize(
    ("preset", "weights", "convolution", "transposed"),
    [
        ("performance", "symmetric", "symmetric", "symmetric"),
        ("mixed", "symmetric", "asymmetric", "symmetric"),
        ("accuracy", "symmetric", "asymmetric", "symmetric"),
    ],
)
def test_presets_keep_to_what_runs_in_int8(preset, weights, convolution, transposed):
    text = "x = Convolution(data, w)\nr = Relu(x)\ny = ConvolutionBackpropData(r, w2)"
    modes = {one.name: one.config.mode for one in plan(text, preset=preset).quantizers}
    assert modes == {
        "x/fq_weights_1": weights,
        "y/fq_weights_1": weights,
        "x/fq_input_0": convolution,
        "y/fq_input_0": transposed,
    }


def test_a_stated_mode_is_done_with_a_warning_if_it_costs_int8():
    found = plan("x = Convolution(data, w)", weights={"mode": "asymmetric"})
    assert found.quantizers_of_kind(QuantizerKind.WEIGHTS)[0].config.mode == "asymmetric"
    assert "the device may run the operation in float" in found.warnings[0]


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("x = GroupConvolutionBackpropData(data, w)", "x", "the CPU runs grouped transposed convolutions in float"),
        ("x = MatMul(wf, data)", "x", "the CPU runs a product whose first factor is constant in float"),
        ("x = LSTMSequence(data, data, data, k, wf, wf, wf)", "x", "an LSTM is quantized only where"),
        ("x = ScaledDotProductAttention(data, data, data)", "x", "the device fuses the whole attention"),
        ("x = Loop(k, k, data)", "x", "bodies of loops and conditions are not calibrated"),
        ("s = Softmax(data)\nx = MatMul(s, data)", "x", "it belongs to the attention around 's'"),
        ("m = MatMul(data, data)\nx = TopK(m, k) 1|1", "m", "it prepares the boxes or scores of 'x' (TopK)"),
        (
            "m = ReduceMean(data, k)\nx = Convolution(m, w)\nr = Relu(x)\ny = Convolution(r, w)\ng = Sigmoid(y)\n"
            "z = Multiply(data, g)",
            "y",
            "it is part of a block that stays float (squeeze_excite)",
        ),
    ],
)
def test_what_stays_in_float_says_why(text, name, expected):
    found = plan(text)
    assert reason(found, name).startswith(f"stays in float: {expected}")
    assert not found.quantizers


def test_products_of_activations_outside_attention_are_quantized_on_both_sides():
    found = plan("r = Relu(data)\nx = MatMul(r, data)", preset="mixed")
    assert plan_lines(found) == [
        "x/fq_input_1: data -> x[1] | activations, symmetric, per tensor, 256",
        "x/fq_input_0: r -> x[0] | activations, symmetric, per tensor, 256",
    ]


def test_ignored_operations_are_left_out_and_not_passed():
    text = LAYERS + "p = MaxPool(relu)\nx = Convolution(p, w2)"
    assert activations(plan(text, ignored={"scope": ["p"]}))["x/fq_input_0"] == "p"
    found = plan(text, ignored={"operations": [{"type": "Convolution"}]})
    assert not found.quantizers
    assert reason(found, "x") == "stays in float: the user left out operations of type Convolution"
    assert plan(text, ignored={"scope": ["xx"]}).warnings
    assert not plan(text, ignored={"skip_model": True}).quantizers


@pytest.mark.parametrize(
    ("saturates", "fix", "expected"),
    [
        (True, None, {"conv/fq_weights_1", "y/fq_weights_1"}),
        (True, "first_layer", {"conv/fq_weights_1"}),
        (True, "all", {"conv/fq_weights_1", "y/fq_weights_1"}),
        (True, "no", set()),
        (False, "all", set()),
    ],
)
def test_weights_are_bounded_by_pairs_only_where_the_processor_saturates(saturates, fix, expected):
    found = plan(
        LAYERS + "x = GroupConvolution(relu, wd)\ny = Convolution(x, w2)",
        has_int8_saturation=saturates,
        saturation_fix=fix,
    )
    assert {one.name for one in found.quantizers if one.pairs_along == 1} == expected
    assert not any(one.halve_weights for one in found.quantizers)


def test_weights_whose_pairs_are_not_known_are_halved():
    text = LAYERS + "v = Constant 8x8\nt = Reshape(relu) 1x8x64\nm = MatMul(t, v) transpose_b=True"
    shared = text.replace("transpose_b=True", "") + "\nn = MatMul(t, v) transpose_b=True"
    assert {one.pairs_along for one in plan(text, has_int8_saturation=True).quantizers if one.tensor.node == "v"} == {1}
    both = [one for one in plan(shared, has_int8_saturation=True).quantizers if one.tensor.node == "v"]
    assert sorted(one.pairs_along for one in both) == [0, 1]


def test_mixed_readers_of_a_concat_share_limits():
    text = (
        LAYERS + "s = Sigmoid(conv)\np = Concat(relu, s) 1x16x8x8\nx = Convolution(p, w2)\ny = GroupConvolution(p, wd)"
    )
    found = plan(text)
    pair = [one for one in found.quantizers if one.name.startswith("p/")]
    assert [(one.group, str(one.granularity)) for one in pair] == [(0, "per tensor")] * 2

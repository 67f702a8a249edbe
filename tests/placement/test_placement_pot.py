"""POT's placement, against what POT 2023.3 gave for the same graphs."""

import numpy as np
import pytest

import openvino as ov
from openpot.config.ignored_scope import IgnoredScope
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.placement.place import plan_quantization
from openpot.placement.plan import QuantizerKind
from openvino import opset13 as op
from placement_requests import request_of
from snapshot_text import places, plan_lines, reason, snapshot_from_text
from toy_models import worked_example

WORKED_EXAMPLE = snapshot_from_model(worked_example())


def plan(snapshot=WORKED_EXAMPLE, **stated):
    if "ignored" in stated:
        stated["ignored"] = IgnoredScope(**stated["ignored"])
    return plan_quantization(snapshot, request_of(placement="pot", **stated))


WEIGHTS = {f"{name}/fq_weights_1" for name in ("conv1", "dw", "conv2", "conv3", "deconv", "conv4", "conv5", "fc")}
ACTIVATIONS = {
    "conv1/fq_input_0": "data -> conv1[0]",
    "dw/fq_input_0": "relu1 -> dw[0]",
    "conv2/fq_input_0": "relu6 -> conv2[0]",
    "conv3/fq_input_0": "conv2_bias -> conv3[0], res[0]",
    "res/fq_input_1": "conv3_bias -> res[1]",
    "conv4/fq_input_0": "relu_res -> conv4[0], pool[0]",
    "concat/fq_input_0": "deconv -> concat[0]",
    "concat/fq_input_1": "conv4 -> concat[1]",
    "gap/fq_input_0": "swish -> gap[0]",
    "flat/fq_input_0": "gap -> flat[0]",
}


@pytest.mark.parametrize("device", ["ANY", "CPU", "GPU"])
def test_the_worked_example_has_eighteen(device):
    found = places(plan(target_device=device))
    assert len(found) == 18
    assert {name for name in found if name in WEIGHTS} == WEIGHTS
    assert {name: place for name, place in found.items() if name not in WEIGHTS} == ACTIVATIONS


def test_the_worked_example_in_full():
    assert (
        "\n".join(sorted(plan_lines(plan())))
        == """\
concat/fq_input_0: deconv -> concat[0] | activations, symmetric, per tensor, 256, group 0
concat/fq_input_1: conv4 -> concat[1] | activations, symmetric, per tensor, 256, group 0
conv1/fq_input_0: data -> conv1[0] | activations, symmetric, per tensor, 256
conv1/fq_weights_1: conv1_w -> conv1[1] | weights, symmetric, per channel (axis 0), 255, halved
conv2/fq_input_0: relu6 -> conv2[0] | activations, symmetric, per tensor, 256
conv2/fq_weights_1: conv2_w -> conv2[1] | weights, symmetric, per channel (axis 0), 255
conv3/fq_input_0: conv2_bias -> conv3[0], res[0] | activations, symmetric, per tensor, 256
conv3/fq_weights_1: conv3_w -> conv3[1] | weights, symmetric, per channel (axis 0), 255
conv4/fq_input_0: relu_res -> conv4[0], pool[0] | activations, symmetric, per tensor, 256
conv4/fq_weights_1: conv4_w -> conv4[1] | weights, symmetric, per channel (axis 0), 255
conv5/fq_weights_1: conv5_w -> conv5[1] | weights, symmetric, per channel (axis 0), 255
deconv/fq_weights_1: deconv_w -> deconv[1] | weights, symmetric, per channel (axis 1), 255
dw/fq_input_0: relu1 -> dw[0] | activations, symmetric, per channel (axis 1), 256
dw/fq_weights_1: dw_w -> dw[1] | weights, symmetric, per channel (axis (0, 1)), 255
fc/fq_weights_1: fc_w -> fc[1] | weights, symmetric, per channel (axis 0), 255
flat/fq_input_0: gap -> flat[0] | activations, symmetric, per tensor, 256
gap/fq_input_0: swish -> gap[0] | activations, symmetric, per tensor, 256
res/fq_input_1: conv3_bias -> res[1] | activations, symmetric, per tensor, 256"""
    )


@pytest.mark.parametrize(
    ("stated", "count", "gone"),
    [
        ({"target_device": "CPU_SPR"}, 17, {"res/fq_input_1"}),
        ({"model_type": "transformer"}, 16, {"res/fq_input_1", "gap/fq_input_0"}),
        (
            {
                "ignored": {
                    "operations": [{"type": "Add"}, {"type": "Convolution", "attributes": {"group": 8}}],
                }
            },
            15,
            {"dw/fq_input_0", "dw/fq_weights_1", "res/fq_input_1"},
        ),
        (
            {"ignored": {"scope": ["conv5", "fc"]}},
            13,
            {
                "concat/fq_input_0",
                "concat/fq_input_1",
                "conv5/fq_weights_1",
                "fc/fq_weights_1",
                "flat/fq_input_0",
            },
        ),
        ({"ignored": {"operations": [{"type": "MaxPool"}]}}, 17, {"deconv/fq_weights_1"}),
        ({"ignored": {"scope": ["pool"]}}, 17, {"deconv/fq_weights_1"}),
        ({"ignored": {"skip_model": True}}, 0, WEIGHTS | set(ACTIVATIONS)),
    ],
    ids=["CPU_SPR", "transformer", "Add and depthwise", "conv5 and fc", "MaxPool", "pool by name", "whole model"],
)
def test_what_is_left_out(stated, count, gone):
    found = places(plan(**stated))
    assert len(found) == count
    assert (WEIGHTS | set(ACTIVATIONS)) - set(found) == gone


def test_the_concat_pair_shares_its_limits():
    groups = {one.name: one.group for one in plan().quantizers if one.group is not None}
    assert groups == {"concat/fq_input_0": 0, "concat/fq_input_1": 0}


@pytest.mark.parametrize(
    ("preset", "weights", "activations"),
    [
        ("performance", "symmetric", "symmetric"),
        ("mixed", "symmetric", "asymmetric"),
        ("accuracy",) + ("asymmetric",) * 2,
    ],
)
def test_presets(preset, weights, activations):
    found = plan(preset=preset)
    assert {one.config.mode for one in found.of_kind(QuantizerKind.WEIGHTS)} == {weights}
    assert {one.config.mode for one in found.of_kind(QuantizerKind.ACTIVATIONS)} == {activations}
    assert {one.levels for one in found.of_kind(QuantizerKind.WEIGHTS)} == {255 if weights == "symmetric" else 256}


@pytest.mark.parametrize(("fix", "count"), [("first_layer", 1), ("all", 8), ("no", 0)])
def test_the_saturation_fix_does_not_ask_for_the_processor(fix, count):
    assert sum(one.halve_weights for one in plan(saturation_fix=fix).quantizers) == count
    assert sum(one.halve_weights for one in plan(saturation_fix=fix, target_device="GPU").quantizers) == 0


def test_gna_quantizes_behind_operations_and_takes_the_name_of_the_output():
    # POT counted 23: one on the indices of MaxPool, which nothing reads.
    found = plan(target_device="GNA")
    assert len(found.quantizers) == 22
    lines = {line.partition(":")[0]: line for line in plan_lines(found)}
    assert lines["prob"] == "prob: prob -> result[0] | activations, symmetric, per tensor, 65536, takes the name"
    assert (
        "conv1_bias -> relu1[0] | activations, symmetric, per tensor, 4294967296" in lines["conv1_bias/fq_output_0_0"]
    )
    assert lines["conv4/add_/fq_output_0_0"].startswith("conv4/add_/fq_output_0_0: conv4 -> concat[1]")
    assert "per tensor, 65535" in lines["conv1/fq_weights_1"]
    assert "per channel (axis 0), 255" in lines["fc/fq_weights_1"]
    assert "weights, symmetric, per tensor, 255" in "\n".join(plan_lines(plan(target_device="GNA3")))


def second_example():
    """Subtract of a constant, a product of two activations through Transpose and Reshape, Power, Add: pot.md 6.10."""
    data = op.parameter([1, 4, 8, 8], np.float32, name="data")
    shift = op.subtract(op.relu(data, name="relu"), op.constant(np.float32(0.5), name="shift_c"), name="shift")
    x = op.sigmoid(shift, name="sigmoid")
    left = op.transpose(x, op.constant([0, 1, 3, 2], name="order"), name="transposed")
    right = op.reshape(x, op.constant([1, 4, 8, 8], name="shape"), False, name="reshaped")
    product = op.softmax(op.matmul(left, right, False, False, name="product"), 3, name="softmax")
    power = op.power(product, op.constant(np.float32(2), name="two"), name="power")
    total = op.add(power, x, name="total")
    return snapshot_from_model(ov.Model([op.result(total, name="out")], [data], "second"))


def test_both_factors_of_a_product_share_the_quantizer_above():
    assert places(plan(second_example())) == {
        "power/fq_input_0": "softmax -> power[0]",
        "reshaped/fq_input_0": "sigmoid -> reshaped[0], total[1], transposed[0]",
        "shift/fq_input_0": "relu -> shift[0]",
        "shift/fq_weights_1": "shift_c -> shift[1]",
        "total/fq_input_0": "power -> total[0]",
    }


def test_products_of_activations_in_transformers_are_symmetric():
    found = plan(second_example(), model_type="transformer", preset="mixed")
    modes = {one.name: str(one.config.mode) for one in found.quantizers}
    assert modes == {"reshaped/fq_input_0": "symmetric"}
    assert plan(second_example(), preset="mixed").quantizers[0].config.mode == "asymmetric"


INTEGERS = """
data = Parameter 1x8
tokens = Parameter 1x8 i64
one = Constant () i64
k = Constant 8
table = Constant 100x8
next = Add(tokens, tokens)
found = Gather(table, next, one) 1x8x8 f32
sum = Add(found, data) 1x8x8
shape = ShapeOf(sum) 3 i64
size = Gather(shape, one, one) () i64
scale = Convert(size) () f32
scaled = Divide(sum, scale)
out = Result(scaled)
"""


def test_integers_and_computed_shapes_are_left_alone():
    found = plan(snapshot_from_text(INTEGERS))
    assert places(found) == {
        "found/fq_weights_0": "table -> found[0]",
        "sum/fq_input_1": "data -> sum[1]",
        "scaled/fq_input_0": "sum -> scaled[0]",
    }
    assert reason(found, "next") == "stays in float: its data are of type i64"


def test_the_tail_of_a_detector_is_left_alone():
    found = plan(
        snapshot_from_text("""
        data = Parameter 1x8x4x4
        w = Constant 8x8x1x1
        k = Constant 1x8x1x1
        conv = Convolution(data, w)
        bias = Add(conv, k)
        boxes = Add(bias, data)
        scores = Multiply(bias, data)
        nms = NonMaxSuppression(boxes, scores)
        """)
    )
    assert places(found) == {
        "conv/fq_input_0": "data -> conv[0]",
        "conv/fq_weights_1": "w -> conv[1]",
    }
    assert reason(found, "boxes") == "stays in float: it prepares the boxes or scores of 'nms' (NonMaxSuppression)"


def test_every_operation_of_the_table_has_one_decision():
    found = plan()
    assert [one.operation for one in found.decisions] == [
        "conv1", "conv1_bias", "dw", "dw_bias", "conv2", "conv2_bias", "conv3", "conv3_bias", "res", "deconv", "conv4",
        "conv5", "conv5_bias", "gap", "fc", "fc_bias",
    ]  # fmt: skip
    assert reason(found, "conv1_bias").startswith("stays in float: it is part of a block that stays float")
    assert reason(found, "res") == "quantized: activations 8 bits, symmetric, per tensor"


def test_names_that_fit_nothing_are_warned_about_and_change_nothing():
    found = plan(ignored={"scope": ["conv9"]})
    assert len(found.quantizers) == 18
    assert found.warnings == ("ignored scope: there is no operation named 'conv9'; did you mean 'conv5'?",)


def test_overrides():
    found = plan(activations={"bits": 4}, weights={"granularity": "pertensor"})
    assert {one.levels for one in found.of_kind(QuantizerKind.ACTIVATIONS)} == {16}
    assert {str(one.granularity) for one in found.of_kind(QuantizerKind.WEIGHTS)} == {"per tensor"}
    assert len(found.warnings) > 1

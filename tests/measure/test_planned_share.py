import pytest

import openvino as ov
from openpot.measure.planned_share import find_planned_share
from openpot.placement.plan import OperationDecision, QuantizationPlan
from openvino import opset13 as op
from toy_models import loop_model, tiny_cnn


def plan(**decisions):
    made = [
        OperationDecision(name, "Convolution", reason is None, reason or "inputs are quantized")
        for name, reason in decisions.items()
    ]
    return QuantizationPlan("CPU", "openpot", (), tuple(made))


MULTIPLICATIONS = {"conv1": 16 * 16 * 8 * 3 * 9, "conv2": 16 * 16 * 8 * 8 * 9, "fc": 8 * 5}
TOTAL = sum(MULTIPLICATIONS.values())


def test_shares_are_those_of_the_multiplications_by_reason():
    share = find_planned_share(plan(conv1=None, conv2="the user named it", fc="it is small"), [tiny_cnn()])
    assert share.in_int8 == pytest.approx(MULTIPLICATIONS["conv1"] / TOTAL)
    assert list(share.in_float) == ["the user named it", "it is small"], "the largest first"
    assert share.in_int8 + sum(share.in_float.values()) == pytest.approx(1)


def test_what_the_plan_does_not_speak_of_is_float():
    share = find_planned_share(plan(), [loop_model()])
    assert share.in_int8 == 0
    assert share.in_float == {"stays in float: bodies of loops and conditions are not calibrated": 1.0}


def test_members_of_a_cascade_count_together():
    share = find_planned_share(plan(conv1=None, conv2=None, fc=None), [tiny_cnn(), loop_model()])
    assert 0.99 < share.in_int8 < 1


def test_a_model_that_multiplies_nothing_has_no_share():
    x = op.parameter([1, 3], ov.Type.f32, name="x")
    assert find_planned_share(plan(), [ov.Model([op.result(op.relu(x))], [x], "relu")]) is None

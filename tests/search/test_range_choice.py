"""The candidate whose outputs stay closer to float wins, and only a trial worth making is made."""

import numpy as np
import pytest

from openpot.engine.compare_outputs import compare_outputs
from openpot.graph.node_index import NodeIndex
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.rewrites.insert_fake_quantize import insert_fake_quantize
from openpot.rewrites.place import plan_quantization
from openpot.rewrites.placement_request import PlacementRequest
from openpot.search.range_choice import SAME_RANGE, choose_ranges, largest_ratio, worst_error
from toy_models import images, tiny_cnn

FEEDS = [{0: image[None]} for image in images(count=5)]


def limits(low, high, levels=256):
    return FakeQuantizeLimits.from_range(np.float32(low), np.float32(high), levels)


def quantized(high):
    """The model with activations limited to ``[-high, high]`` or ``[0, high]``, its float original, and the limits."""
    reference = tiny_cnn()
    plan = plan_quantization(snapshot_from_model(reference), PlacementRequest(target_device="CPU"))
    chosen = {}
    for one in plan.quantizers:
        if one.kind == "weights":
            chosen[one.name] = limits(-1.5, 1.5, one.levels)
        else:
            chosen[one.name] = activation_limits(one.name, high)
    model = reference.clone()
    insert_fake_quantize(model, plan, chosen)
    return reference, model, {name: value for name, value in chosen.items() if "input" in name}


def activation_limits(name, high):
    return limits(-high * 128 / 127, high) if name.startswith("conv1") else limits(0, high)


def input_high(model, name):
    return float(NodeIndex(model).node(name).input_value(2).get_node().get_data().max())


@pytest.mark.parametrize(
    ("average", "widest", "rule"),
    [(0.3, 12.0, "widest"), (12.0, 40_000.0, "average")],
    ids=["averages clip", "the widest are too coarse"],
)
def test_the_smaller_output_error_decides(average, widest, rule):
    reference, model, own = quantized(average)
    wide = {name: activation_limits(name, widest) for name in own}
    choice = choose_ranges(reference, model, own, wide, FEEDS)
    assert choice.rule == rule
    assert choice.errors[rule] == min(choice.errors.values())
    assert choice.inferences == len(FEEDS)
    assert f"{choice.errors[rule]:.4f}" in choice.reason
    expected = widest if rule == "widest" else average
    assert [input_high(model, name) for name in own] == pytest.approx([expected] * len(own), rel=1e-6)
    assert worst_error(compare_outputs(reference, model, FEEDS)) == pytest.approx(choice.errors[rule], rel=1e-6)


def test_ranges_that_agree_are_not_tried():
    reference, model, own = quantized(4.0)
    wide = {name: activation_limits(name, 4.0 * (SAME_RANGE - 0.01)) for name in own}
    choice = choose_ranges(reference, model, own, wide, [])
    assert (choice.rule, dict(choice.errors), choice.inferences) == ("average", {}, 0)
    assert {input_high(model, name) for name in own} == {4.0}


def test_the_ratio_is_that_of_the_widest_channel():
    own = {"a": limits(0, 2.0), "b": FakeQuantizeLimits.from_range(np.zeros(2), np.array([1.0, 4.0]), 256)}
    wide = {"a": limits(0, 3.0), "b": FakeQuantizeLimits.from_range(np.zeros(2), np.array([5.0, 4.0]), 256)}
    assert largest_ratio(own, wide) == pytest.approx(5.0)
    assert largest_ratio(own, {}) == 1.0

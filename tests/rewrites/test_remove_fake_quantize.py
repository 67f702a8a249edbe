"""Taking quantizers out gives the graph back as it was."""

import numpy as np
import pytest

from openpot.errors import UnknownNameError
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.graph.text import text_from_model
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.placement.place import PlacementRequest, plan_quantization
from openpot.rewrites.insert_fake_quantize import insert_fake_quantize
from openpot.rewrites.remove_fake_quantize import find_quantizer_blocks, remove_fake_quantize
from toy_models import run, worked_example


def quantized(placement="pot", device="ANY"):
    model = worked_example()
    plan = plan_quantization(snapshot_from_model(model), PlacementRequest(target_device=device, placement=placement))
    unit = np.ones((), np.float32)
    limits = {one.name: FakeQuantizeLimits.from_range(-unit, unit, one.levels) for one in plan.quantizers}
    insert_fake_quantize(model, plan, limits)
    return model, plan


def remaining(model):
    return {node.get_friendly_name() for node in model.get_ops() if node.get_type_name() == "FakeQuantize"}


BLOCKS = [
    ("pot", "fc/fq_weights_1", {"fc/fq_weights_1", "flat/fq_input_0"}, {"fc"}),
    ("pot", "dw/fq_input_0", {"dw/fq_input_0", "dw/fq_weights_1"}, {"dw"}),
    (
        "pot",
        "conv3/fq_weights_1",
        {"conv3/fq_weights_1", "conv3/fq_input_0", "res/fq_input_1"},
        {"conv3", "res"},
    ),
    ("openpot", "conv3/fq_weights_1", {"conv3/fq_weights_1", "conv3/fq_input_0"}, {"conv3"}),
    (
        "openpot",
        "deconv/fq_weights_1",
        {"deconv/fq_weights_1", "conv4/fq_weights_1", "conv4/fq_input_0"},
        {"deconv", "conv4"},
    ),
    (
        "openpot",
        "concat/fq_input_1",
        {"concat/fq_input_0", "concat/fq_input_1", "conv5/fq_weights_1"},
        {"conv5"},
    ),
]


@pytest.mark.parametrize(("placement", "name", "removed", "reverted"), BLOCKS, ids=[f"{b[0]} {b[1]}" for b in BLOCKS])
def test_whole_blocks_go(placement, name, removed, reverted):
    model, plan = quantized(placement)
    before = remaining(model)
    result = remove_fake_quantize(model, [name], placement=placement)
    assert set(result.removed) == removed
    assert set(result.reverted) == reverted
    assert remaining(model) == before - removed
    assert len(before) == len(plan.quantizers)


def test_single_quantizers_can_go_alone():
    model, _ = quantized()
    result = remove_fake_quantize(model, ["fc/fq_weights_1"], whole_blocks=False)
    assert (result.removed, result.reverted) == (("fc/fq_weights_1",), ())
    assert "flat/fq_input_0" in remaining(model)


@pytest.mark.parametrize("device", ["ANY", "GNA"])
def test_removing_all_gives_the_model_back(device):
    model, plan = quantized(device=device)
    result = remove_fake_quantize(model, [one.name for one in plan.quantizers], target_device=device, placement="pot")
    assert result.changed
    assert set(result.removed) == {one.name for one in plan.quantizers}
    assert text_from_model(model, names=False) == text_from_model(worked_example(), names=False)
    data = np.ones((1, 3, 16, 16), np.float32)
    np.testing.assert_array_equal(run(model, data), run(worked_example(), data))


def test_names_that_quantizers_took_over_are_given_back():
    model, _ = quantized(device="GNA")
    result = remove_fake_quantize(model, ["prob"], target_device="GNA", placement="pot", whole_blocks=False)
    assert result.renamed == (("prob/pre_fq_input", "prob"),)
    assert {node.get_friendly_name(): node.get_type_name() for node in model.get_ops()}["prob"] == "Softmax"


def test_a_name_met_in_an_earlier_block_is_no_error():
    model, _ = quantized()
    result = remove_fake_quantize(model, ["fc/fq_weights_1", "flat/fq_input_0"])
    assert len(result.removed) == 2


def test_unknown_names_change_nothing():
    model, _ = quantized()
    before = remaining(model)
    with pytest.raises(
        UnknownNameError, match="no FakeQuantize named 'fc/fq_weight_1'; did you mean 'fc/fq_weights_1'"
    ):
        remove_fake_quantize(model, ["dw/fq_input_0", "fc/fq_weight_1"])
    assert remaining(model) == before


def test_a_block_can_be_asked_for_without_touching_the_model():
    model, _ = quantized()
    before = text_from_model(model)
    (found,) = find_quantizer_blocks(
        snapshot_from_model(model), ["fc/fq_weights_1", "flat/fq_input_0"], placement="pot"
    )
    assert (found.quantizers, found.operations) == (("fc/fq_weights_1", "flat/fq_input_0"), ("fc",))
    assert text_from_model(model) == before

"""Additions on 8-bit data: taken where the outputs hardly notice, and else not."""

from dataclasses import replace

import numpy as np
import pytest

import openpot
import openvino as ov
from openpot.graph.model import CompressedModel
from openpot.measure.executed_graph import ExecutedGraph
from openpot.rewrites.insert_bias import shift_biases
from openpot.search import connections
from openpot.search.connections import HARDLY_FURTHER, quantize_connections
from openpot.search.quantized_variant import QuantizedVariant
from openpot.trial.float_outputs import DeviceRun, FloatOutputs
from openvino import opset13 as op
from quantized_toys import quantized
from toy_models import built_once, conv, images, normal

FEEDS = [{0: image[None]} for image in images(10)]


@built_once
def residual(blocks=2):
    """Blocks of two convolutions around an addition."""
    rng = np.random.default_rng(4)
    x = op.parameter([1, *images(1)[0].shape], np.float32, name="x")
    y = op.relu(conv(x, normal(rng, 8, images(1)[0].shape[0], 3, 3) / 3, "first"))
    for number in range(blocks):
        z = op.relu(conv(y, normal(rng, 8, 8, 1, 1) / 3, f"a{number}"))
        y = op.relu(op.add(conv(z, normal(rng, 8, 8, 1, 1) / 3, f"b{number}"), y, name=f"add{number}"))
    return ov.Model([op.result(conv(y, normal(rng, 4, 8, 1, 1), "last"))], [x], "residual")


@pytest.fixture(scope="module")
def variant():
    toy = quantized(residual(), images(10))
    reference = CompressedModel(graph=toy.subject.reference)
    return QuantizedVariant("toy", reference, CompressedModel(graph=toy.model), toy.done, "CPU")


def outputs_of(variant):
    return FloatOutputs(variant.reference.members[0].model, FEEDS)


def scripted(monkeypatch, errors, nodes=(100, 90, 90)):
    """Let the model without any, then those that are tried have these errors and numbers of executed nodes."""
    waiting = [DeviceRun(error, ExecutedGraph({}, count)) for error, count in zip(errors, nodes, strict=False)]
    monkeypatch.setattr(FloatOutputs, "measure", lambda self, model, device: waiting.pop(0))


def quantizers_of(variant):
    return {node.name for node in variant.model.snapshot().nodes_of_type("FakeQuantize")}


def test_both_inputs_of_additions_are_quantized(variant):
    result = quantize_connections(variant, outputs_of(variant), error=1.0, limit=1.0, device="CPU")
    added = {f"add{number}/fq_input_{port}" for number in range(2) for port in range(2)}
    assert quantizers_of(result.variant) == quantizers_of(variant) | added
    records = {record.name: record.limits for record in result.variant.min_max.quantizers}
    assert added <= records.keys()
    assert added <= {quantizer.name for quantizer in result.variant.min_max.plan.quantizers}
    # The second input is read by a convolution as well: one range for both, so that devices quantize it once.
    assert records["add0/fq_input_1"].equals(records["a0/fq_input_0"])


def test_shifted_biases_are_no_obstacle(variant):
    shifted = variant.model.copy()
    shift_biases(shifted.members[0].model, {f"b{number}": np.full(8, 0.1, np.float32) for number in range(2)})
    result = quantize_connections(
        replace(variant, model=shifted), outputs_of(variant), error=10.0, limit=10.0, device="CPU"
    )
    assert len(quantizers_of(result.variant)) == len(quantizers_of(variant)) + 4


def test_they_go_back_to_float_by_themselves(variant):
    """An addition is a unit of its own: convolutions stay in INT8 without it."""
    result = quantize_connections(variant, outputs_of(variant), error=1.0, limit=1.0, device="CPU").variant
    (unit,) = [unit for unit in result.units if "add1/fq_input_0" in unit.quantizers]
    assert unit.quantizers == ("add1/fq_input_0", "add1/fq_input_1")


@pytest.mark.parametrize(
    ("errors", "added"),
    [
        ([0.1, 0.1], 4),
        ([0.1, 0.2, 0.1], 2),  # none, all of them, the first half
        ([0.1, 0.2, 0.2], 0),
        ([0.1, 0.1 * HARDLY_FURTHER * 1.01, 0.3], 0),
        ([0.19, 0.2], 4),  # the device is as far off without any
    ],
)
def test_fewer_are_tried_where_all_cost_too_much(variant, monkeypatch, errors, added):
    scripted(monkeypatch, errors)
    result = quantize_connections(variant, outputs_of(variant), error=0.1, limit=1.0, device="CPU")
    assert len(quantizers_of(result.variant)) - len(quantizers_of(variant)) == added
    assert (result.error is None) == (added == 0)


@pytest.mark.parametrize("nodes", [(100, 100), (100, 104)])
def test_what_the_device_does_not_fuse_is_left_in_float(variant, monkeypatch, nodes):
    """Its executed graph would hold conversions and reorderings instead."""
    scripted(monkeypatch, [0.1, 0.1], nodes)
    assert quantize_connections(variant, outputs_of(variant), error=0.1, limit=1.0, device="CPU").variant is variant


def test_the_limit_holds_for_them_too(variant, monkeypatch):
    scripted(monkeypatch, [0.1, 0.105, 0.105])
    assert quantize_connections(variant, outputs_of(variant), error=0.1, limit=0.101, device="CPU").variant is variant


def test_a_network_without_additions_costs_no_inference(monkeypatch):
    toy = quantized(residual(blocks=0), images(10))
    plain = QuantizedVariant(
        "toy", CompressedModel(graph=toy.subject.reference), CompressedModel(graph=toy.model), toy.done, "CPU"
    )
    monkeypatch.setattr(connections, "observe_extremes", None)
    assert quantize_connections(plain, outputs_of(plain), error=0.1, limit=1.0, device="CPU").variant is plain


def test_the_default_uses_them_and_says_so(monkeypatch):
    monkeypatch.setattr(connections, "HARDLY_FURTHER", 10.0)
    result = openpot.quantize(residual(), images(16))
    assert "additions in 8 bits" in result.evidence.errors
    assert result.evidence.error == result.evidence.errors["additions in 8 bits"]
    assert result.evidence.error <= result.evidence.budget

"""LSTM layers in INT8 where the kernel is close enough, and float where it is not."""

import math

import numpy as np
import pytest

import openpot
from openpot.algorithms.min_max import NOTHING_QUANTIZED, MinMaxResult
from openpot.graph.model import CompressedModel
from openpot.measure.executed_graph import ExecutedGraph
from openpot.measure.instruction_set import has_int8_saturation
from openpot.recipes.default_quantization import DefaultQuantization
from openpot.search.quantized_variant import QuantizedVariant
from openpot.search.recurrent_layers import PADDING, RecurrentSettings, quantize_recurrent_layers
from openpot.trial.float_outputs import DeviceRun, FloatOutputs
from recurrent_toys import HIDDEN, recurrent_network, sequences

SETTINGS = RecurrentSettings("CPU", 0.15, has_int8_saturation())
FEEDS = [{0: sample} for sample in sequences(10)]


def float_variant(direction="forward", layers=1, ignored=()):
    held = CompressedModel(graph=recurrent_network(direction, layers))
    plan = DefaultQuantization({"ignored": {"scope": list(ignored)}}).plan(held)
    return QuantizedVariant("toy", held, held.copy(), MinMaxResult(plan, (), warnings=(NOTHING_QUANTIZED,)), "CPU")


def quantize_layers(variant, feeds=FEEDS):
    return quantize_recurrent_layers(variant, FloatOutputs(variant.reference.members[0].model, feeds), SETTINGS)


def decisions_of(variant):
    return {each.operation: each for each in variant.min_max.plan.decisions if each.type == "LSTMSequence"}


def scripted(monkeypatch, errors, without_kernel=()):
    """Let models have errors by the layers that they have in INT8."""

    def measure(self, candidate, device):
        names = {node.get_friendly_name() for node in candidate.get_ops()}
        chosen = frozenset(name for name in ("lstm0", "lstm1") if f"{name}/fq_input_0" in names)
        executed = {name: type("E", (), {"is_integer": name not in without_kernel})() for name in chosen}
        return DeviceRun(errors[chosen], ExecutedGraph(executed))

    monkeypatch.setattr(FloatOutputs, "measure", measure)


@pytest.mark.parametrize("direction", ["forward", "bidirectional"])
def test_all_layers_are_quantized_where_the_outputs_bear_it(direction):
    variant = float_variant(direction, layers=2)
    result = quantize_layers(variant)
    assert 0 < result.error < SETTINGS.limit
    assert all(decision.quantized for decision in decisions_of(result.variant).values())
    assert len(decisions_of(result.variant)) == (4 if direction == "bidirectional" else 2)
    names = [record.name for record in result.variant.min_max.quantizers]
    assert set(names) == {node.name for node in result.variant.model.snapshot().nodes_of_type("FakeQuantize")}
    assert NOTHING_QUANTIZED not in result.variant.min_max.warnings
    assert not variant.min_max.quantizers, "the variant that came in stays as it is"


def test_layers_of_one_shape_do_not_get_each_others_scales():
    """The device keeps one kernel for both unless their shapes differ."""
    variant = float_variant(layers=3)
    result = quantize_layers(variant)
    assert all(decision.quantized for decision in decisions_of(result.variant).values())
    assert 0 < result.error < SETTINGS.limit
    shapes = [node.output_shape for node in result.variant.model.snapshot().nodes_of_type("FakeQuantize")]
    assert len([shape for shape in shapes if shape[-1] == HIDDEN + PADDING]) == 2, "data and weights of the third"


def test_layers_go_back_to_float_as_units_and_compute_what_they_did():
    variant = quantize_layers(float_variant("bidirectional")).variant
    assert {operation for unit in variant.units for operation in unit.operations} >= {"lstm0"}
    reverted = variant.copy_with_reverted(variant.units)
    outputs = FloatOutputs(variant.reference.members[0].model, FEEDS, range(len(FEEDS)))
    assert outputs.measure(reverted.members[0].model).error < 1e-4


def test_no_trial_graph_switches_their_quantizers():
    variant = quantize_layers(float_variant()).variant
    assert variant.min_max.quantizers
    assert not variant.switchable


def test_what_the_user_leaves_out_stays_out():
    variant = float_variant(ignored=["lstm0"])
    assert quantize_layers(variant).variant is variant


def test_layers_are_added_one_by_one_where_all_are_too_far(monkeypatch):
    both, first, second = frozenset({"lstm0", "lstm1"}), frozenset({"lstm0"}), frozenset({"lstm1"})
    scripted(monkeypatch, {both: 0.3, first: 0.1, second: 0.05})
    result = quantize_layers(float_variant(layers=2))
    found = decisions_of(result.variant)
    assert (found["lstm0"].quantized, found["lstm1"].quantized) == (False, True)
    assert "0.300, allowed is 0.150" in found["lstm0"].reason
    assert result.error == 0.05


def test_a_layer_without_a_kernel_stays_in_float(monkeypatch):
    both, first, second = frozenset({"lstm0", "lstm1"}), frozenset({"lstm0"}), frozenset({"lstm1"})
    scripted(monkeypatch, {both: 0.01, first: 0.01, second: 0.01}, without_kernel=["lstm0"])
    found = decisions_of(quantize_layers(float_variant(layers=2)).variant)
    assert (found["lstm0"].quantized, found["lstm1"].quantized) == (False, True)
    assert "no INT8 kernel" in found["lstm0"].reason


def test_nothing_is_changed_where_no_layer_is_close_enough(monkeypatch):
    scripted(monkeypatch, {frozenset({"lstm0"}): math.inf})
    result = quantize_layers(float_variant())
    assert result.error is None
    assert not result.variant.min_max.quantizers
    assert not decisions_of(result.variant)["lstm0"].quantized


def test_inputs_of_zeros_tell_no_range():
    zeros = [{0: np.zeros_like(feed[0])} for feed in FEEDS]
    variant = float_variant()
    assert quantize_layers(variant, zeros).variant is variant


def test_the_default_quantizes_a_recurrent_network_and_reports_it():
    result = openpot.quantize(recurrent_network("bidirectional", 2, scale=20.0), sequences(16, 20.0))
    assert result.status == "done"
    assert all(layer.is_integer for layer in result.layers if layer.type == "LSTMSequence")
    assert result.evidence is None or "recurrent layers in INT8" in result.evidence.errors
    assert result.output_error[0].relative < 0.15


def test_a_metric_decides_about_them_too():
    """The search for a drop reverts recurrent layers like others; no trial graph can hold them."""
    model = recurrent_network(layers=1)
    compiled = openpot.inference.compile.compile_model(model, "CPU")
    data = [(sample, compiled(sample)[0].copy()) for sample in sequences(16)]

    def closeness(outputs, annotation):
        return -float(np.square(outputs[0] - annotation).mean())

    result = openpot.quantize(model, data, metric=closeness, higher_is_better=True, max_drop=1e-7)
    assert result.drop.is_met
    assert not [layer.operation for layer in result.layers if layer.type == "LSTMSequence" and layer.is_integer]


def test_measured_times_decide_beside_them(monkeypatch):
    """The search by latency switches what a trial graph can hold; recurrent layers stay as they were judged."""
    monkeypatch.setattr("openpot.measure.side_by_side.SECONDS_OF_TIMING", 0.0)
    result = openpot.quantize(recurrent_network(), sequences(16), optimize_for="latency")
    assert not result.failed_stages
    assert result.curve is not None
    assert [layer.is_integer for layer in result.layers if layer.type == "LSTMSequence"] == [True]

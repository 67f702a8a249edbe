"""Shifts of biases that take back what changed weights do to the mean output of a layer."""

import numpy as np
import pytest

from openpot.algorithms.bias_records import BiasRecord
from openpot.algorithms.shift_check import ShiftCheck, make_bias_record, specify_mean_input
from openpot.graph.node_index import NodeIndex
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.layers.linear_layer import find_linear_layers
from openpot.numerics.bias_shift import ShiftVerdict
from openpot.numerics.reducers import ReducerKind
from toy_models import tiny_cnn


@pytest.fixture(scope="module")
def shifts():
    model = tiny_cnn()
    return ShiftCheck(snapshot_from_model(model), NodeIndex(model), 2.0)


@pytest.fixture(scope="module")
def layer(shifts):
    return next(layer for layer in find_linear_layers(shifts.snapshot) if layer.name == "fc")


def weights_of(shifts, layer):
    return np.asarray(shifts.nodes.input(layer.weights).get_source_output().get_node().get_data(), np.float64)


def test_the_shift_is_what_the_weights_lost_times_the_mean_input(shifts, layer):
    weights = weights_of(shifts, layer)
    mean = np.linspace(0.5, 1.0, weights.size // layer.channels)
    record, shift = shifts.check(layer, weights, 0.9 * weights, mean)
    transposed = bool(layer.record.attributes["transpose_b"])
    np.testing.assert_allclose(shift, 0.1 * (weights @ mean if transposed else mean @ weights), rtol=1e-6)
    assert record.accepted
    assert not record.inserted


def test_a_shift_that_is_not_plausible_is_refused(shifts, layer):
    weights = weights_of(shifts, layer)
    mean = np.ones(weights.size // layer.channels)
    record, shift = shifts.check(layer, weights, weights, mean, measured=np.full(layer.channels, 1e6))
    assert (record.accepted, shift) == (False, None)
    assert "times what is usual" in record.reason


def test_what_does_not_fit_together_is_a_reason_to_leave_the_layer_alone(shifts, layer):
    weights = weights_of(shifts, layer)
    record, shift = shifts.check(layer, weights, weights, np.ones(3))
    assert (record.accepted, shift) == (False, None)
    assert "given means of shape (3,)" in record.reason


def test_means_are_observed_for_each_input_channel(layer):
    spec = specify_mean_input(layer)
    assert (spec.tensor, spec.reducer.kind) == (layer.data, ReducerKind.MEAN)


def test_records_tell_why_a_shift_was_refused():
    assert make_bias_record("a", ShiftVerdict(True, 0.5), True) == BiasRecord("a", True, 0.5, inserted=True)
    assert make_bias_record("a", ShiftVerdict(False, 12.345), True) == BiasRecord(
        "a", False, 12.345, "the shift is 12.3 times what is usual"
    )

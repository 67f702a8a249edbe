"""``openpot.benchmark``."""

import pytest

import openpot
from openpot.api.benchmark import choose_leader
from openpot.errors import ConfigError
from openpot.measure.operation_times import TimedNode
from toy_models import images, tiny_cnn


def test_two_models_have_times_side_by_side():
    found = openpot.benchmark(tiny_cnn(), tiny_cnn(seed=1), images(3), seconds=0.001)
    assert found.speed.milliseconds.keys() >= {"f32", "INT8"}
    rates = found.speed.inferences_per_second
    assert all(rate > 0 for rate in rates.values())
    layers = {layer.operation: layer for layer in found.layers}
    assert {"conv1", "conv2"} <= set(layers)
    assert layers["conv2"].milliseconds is not None
    assert layers["conv2"].milliseconds_other is not None


def test_a_node_is_named_after_what_multiplies():
    types = {"data": "Parameter", "bias": "Add", "conv": "Convolution"}
    assert choose_leader(TimedNode(frozenset({"bias", "conv"}), 1.0), types) == "conv"
    assert choose_leader(TimedNode(frozenset({"bias"}), 1.0), types) == "bias"
    assert choose_leader(TimedNode(frozenset({"unknown"}), 1.0), types) == "unknown"


def test_no_time_is_refused():
    with pytest.raises(ConfigError, match="positive number"):
        openpot.benchmark(tiny_cnn(), seconds=0)

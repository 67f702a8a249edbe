"""Errors of layers: what each adds, by weights and by input, and what has gathered."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from examined_toy import quantized_toy

from openpot.data.source import open_data
from openpot.errors import ModelError
from openpot.examination.layer_noise import measure_layer_noise
from openpot.inference.model_inputs import describe_inputs
from stream_models import stream_model


def measure():
    reference, result, inputs = quantized_toy()
    loader = open_data([arrays[0][0] for arrays in inputs], describe_inputs(reference))
    return measure_layer_noise(reference, result, loader, range(len(inputs)))


def test_the_laws_of_errors_hold():
    records = measure()
    assert [record.layer for record in records] == ["conv1", "conv2", "fc"]
    first, second, _ = records
    assert first.accumulated == pytest.approx(first.contributed, rel=0.05), "nothing is before the first layer"
    assert second.accumulated > second.contributed, "the errors before it add up"
    for record in (first, second):
        assert 0 < record.by_weights < record.contributed
        assert 0 < record.by_activations < record.contributed
        together = (record.by_weights**2 + record.by_activations**2) ** 0.5
        assert record.contributed == pytest.approx(together, rel=0.3), "both are nearly independent"


def test_a_network_without_integers_has_no_errors_of_layers():
    reference, _, inputs = quantized_toy()
    loader = open_data([arrays[0][0] for arrays in inputs], describe_inputs(reference))
    assert measure_layer_noise(reference, reference, loader, [0, 1]) == ()


def test_states_are_refused():
    model = stream_model()
    with pytest.raises(ModelError, match="keep states"):
        from openpot.rewrites.noise_graph import build_noise_graph

        build_noise_graph(model, model, [], {}, 1e-15)

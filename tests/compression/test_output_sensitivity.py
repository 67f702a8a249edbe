import numpy as np
import pytest

from compressible_models import language_model, token_samples
from openpot.compression.compress_model import find_model_weights, store_choices
from openpot.compression.format_options import choose_probe
from openpot.compression.output_sensitivity import measure_sensitivities
from openpot.config.ignored_scope import IgnoredScope
from openpot.measure.held_out_loss import LossMeter


def test_losses_are_those_of_each_tensor_stored_alone():
    model = language_model(tied=True)
    feeds = [{0: sample} for sample in token_samples(4)]
    probes = [choose_probe(weights) for weights in find_model_weights(model, IgnoredScope()).tensors]
    seen = measure_sensitivities(model, probes, feeds)
    meter = LossMeter(model, feeds)
    for probe in probes:
        changed = model.clone()
        store_choices(changed, [probe])
        alone = meter.measure(changed).value
        # Layers are rounded by what they read, the table each weight by itself.
        limits = (0.999, 1.001) if probe.weights.is_looked_up else (0.02, 1.3)
        assert limits[0] * alone < seen[probe.weights.tensor].loss < limits[1] * alone


def test_strengths_are_mean_squares_of_what_layers_read():
    model = language_model()
    probes = [choose_probe(weights) for weights in find_model_weights(model, IgnoredScope()).tensors]
    seen = measure_sensitivities(model, probes, [{0: sample} for sample in token_samples(3)])
    table = np.asarray(next(node for node in model.get_ops() if node.get_friendly_name() == "table").data)
    read = table[np.concatenate([sample.ravel() for sample in token_samples(3)])]
    up = next(probe for probe in probes if probe.weights.name == "up")
    assert seen[up.weights.tensor].strength == pytest.approx(np.square(read).mean(axis=0), rel=1e-3)

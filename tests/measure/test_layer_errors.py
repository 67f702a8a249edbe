"""How far layers are apart."""

import numpy as np
import pytest

from openpot.graph.read import read_model
from openpot.measure.compare_outputs import compare_outputs
from openpot.measure.layer_errors import measure_layer_errors
from toy_models import images, tiny_cnn

FEEDS = [{0: image[None]} for image in images(5)]


def test_layers_of_one_model_are_equal():
    errors = measure_layer_errors(read_model(tiny_cnn()), read_model(tiny_cnn()), FEEDS)
    assert {name: distance.relative for name, distance in errors.items()} == {"conv1": 0.0, "conv2": 0.0, "fc": 0.0}


def test_the_last_layer_is_as_far_as_the_output_that_it_gives():
    models = read_model(tiny_cnn()), read_model(tiny_cnn(seed=1))
    errors = measure_layer_errors(*models, FEEDS)
    (output,) = compare_outputs(*models, FEEDS)
    assert errors["fc"].relative == pytest.approx(output.relative, rel=1e-4)
    assert errors["fc"].samples == len(FEEDS)
    assert len({round(float(distance.relative), 6) for distance in errors.values()}) == 3


def test_the_models_stay_as_they_are():
    model = read_model(tiny_cnn())
    measure_layer_errors(model, model, FEEDS[:2])
    assert len(model.outputs) == 1
    assert np.isfinite(FEEDS[0][0]).all()

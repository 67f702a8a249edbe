"""Weights as they were before an algorithm nudged them."""

import numpy as np

from openpot.graph.tensor_id import InputId
from openpot.layers.weights_before import keep_weights_before, weights_before
from toy_models import tiny_cnn

PLACE = InputId("conv1", 1)


def test_the_first_values_are_kept():
    model, values = tiny_cnn(), np.ones(3, np.float32)
    keep_weights_before(model, PLACE, values)
    keep_weights_before(model, PLACE, 2 * values)
    assert weights_before(model, PLACE) is values
    assert weights_before(model, InputId("conv2", 1)) is None


def test_other_model_objects_know_nothing():
    model = tiny_cnn()
    keep_weights_before(model, PLACE, np.ones(3, np.float32))
    assert weights_before(model.clone(), PLACE) is None

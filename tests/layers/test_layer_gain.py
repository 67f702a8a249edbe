"""How much layers magnify."""

import numpy as np
import pytest

from openpot.graph.read import read_model
from openpot.layers.layer_gain import find_exploding_layers
from scaled_networks import with_scaled_weights
from toy_models import tiny_cnn, worked_example


@pytest.mark.parametrize("model", [tiny_cnn(), worked_example()], ids=["plain", "with depthwise and transposed"])
def test_usual_networks_have_none(model):
    assert find_exploding_layers(read_model(model)) == ()


@pytest.mark.parametrize("channels", [slice(None), slice(2, 3)], ids=["whole layer", "one filter"])
def test_the_layer_that_magnifies_is_named_with_its_gain(channels):
    (found,) = find_exploding_layers(with_scaled_weights("conv2", 1e5, channels))
    assert found.name == "conv2"
    assert found.gain > 1e4 > 100 > found.usual


def test_weights_that_overflow_explode():
    (found,) = find_exploding_layers(with_scaled_weights("conv2", 1e38, slice(None)))
    assert found.name == "conv2"
    assert np.isinf(found.gain) or found.gain > 1e30


def test_all_layers_large_alike_is_a_matter_of_units():
    model = with_scaled_weights("conv1", 1e5, slice(None))
    for layer in ("conv2", "fc"):
        model = with_scaled_weights(layer, 1e5, slice(None), model)
    assert find_exploding_layers(model) == ()

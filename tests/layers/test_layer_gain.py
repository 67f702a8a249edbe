"""How much layers magnify."""

import numpy as np
import pytest

from openpot.graph.read import read_model
from openpot.layers.layer_gain import find_dead_filters, find_exploding_layers, measure_gains
from scaled_networks import with_scaled_weights
from toy_models import tiny_cnn, worked_example


@pytest.mark.parametrize("model", [tiny_cnn(), worked_example()], ids=["plain", "with depthwise and transposed"])
def test_usual_networks_have_none(model):
    assert find_exploding_layers(measure_gains(read_model(model))) == ()


@pytest.mark.parametrize("channels", [slice(None), slice(2, 3)], ids=["whole layer", "one filter"])
def test_the_layer_that_magnifies_is_named_with_its_gain(channels):
    (found,) = find_exploding_layers(measure_gains(with_scaled_weights("conv2", 1e5, channels)))
    assert found.name == "conv2"
    assert found.gain > 1e4 > 100 > found.usual


def test_weights_that_overflow_explode():
    (found,) = find_exploding_layers(measure_gains(with_scaled_weights("conv2", 1e38, slice(None))))
    assert found.name == "conv2"
    assert np.isinf(found.gain) or found.gain > 1e30


def test_all_layers_large_alike_is_a_matter_of_units():
    model = with_scaled_weights("conv1", 1e5, slice(None))
    for layer in ("conv2", "fc"):
        model = with_scaled_weights(layer, 1e5, slice(None), model)
    assert find_exploding_layers(measure_gains(model)) == ()


@pytest.mark.parametrize(("channels", "dead"), [(slice(0, 1), []), (slice(0, 4), [("conv2", 4)])], ids=["few", "half"])
def test_filters_of_zeros_are_counted_where_they_are_many(channels, dead):
    found = find_dead_filters(measure_gains(with_scaled_weights("conv2", 0.0, channels)))
    assert [(layer.name, layer.dead) for layer in found] == dead

"""Samples that seem to be scaled otherwise than the network expects."""

import numpy as np
import pytest

from openpot.graph.read import read_model
from openpot.layers.input_scaling import suspect_input_scaling
from scaled_networks import pixels, scaling_itself, with_scaled_weights
from toy_models import images, tiny_cnn


def suspicion(model, samples):
    return suspect_input_scaling(read_model(model), [{0: sample[None]} for sample in samples])


def test_raw_pixels_before_a_network_for_normalized_ones_are_suspected():
    found = suspicion(tiny_cnn(), pixels())
    assert "seem not to be scaled as in training" in found
    assert "'data'" in found
    assert "'conv1'" in found


def test_scaled_pixels_before_a_network_that_scales_itself_are_suspected():
    assert "seem to be scaled twice" in suspicion(scaling_itself(), images())


@pytest.mark.parametrize(
    ("model", "samples"),
    [
        (tiny_cnn(), images()),
        (tiny_cnn(), [sample / 255 for sample in pixels()]),
        (tiny_cnn(), [sample % 5 for sample in pixels()]),
        (scaling_itself(), pixels()),
        (scaling_itself(mean=0.5, scale=2.0), images()),
        (with_scaled_weights("conv1", 0.01, slice(None)), pixels()),
        (tiny_cnn(), [np.full((3, 16, 16), np.nan, np.float32)]),
        (tiny_cnn(), []),
    ],
    ids=[
        "normalized",
        "0 to 1",
        "classes",
        "scales itself",
        "small shift",
        "small weights",
        "not finite",
        "no samples",
    ],
)
def test_what_fits_is_not_suspected(model, samples):
    assert suspicion(model, samples) is None

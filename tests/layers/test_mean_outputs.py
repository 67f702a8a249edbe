"""Means of layer outputs under trial shifts."""

import numpy as np

from openpot.data.sampler import BatchSampler
from openpot.graph.model import CompressedModel
from openpot.graph.tensor_id import TensorId
from openpot.layers.mean_outputs import PredictedMeans
from openpot.trial.shift_inputs import ShiftPlace
from toy_engines import Delegating, labelled_images
from toy_models import tiny_cnn

PLACES = {"conv1": ShiftPlace(TensorId("conv1"), 1, 8), "fc": ShiftPlace(TensorId("fc"), -1, 5)}


def test_shifts_reach_the_layers_further_down():
    loader = labelled_images(4)
    means = PredictedMeans(Delegating(loader), CompressedModel(graph=tiny_cnn()), PLACES, BatchSampler(loader))
    plain, shifted = means({}), means({"conv1": np.linspace(-1, 1, 8)})
    np.testing.assert_allclose(shifted["conv1"] - plain["conv1"], np.linspace(-1, 1, 8), atol=1e-5)
    assert np.abs(shifted["fc"] - plain["fc"]).max() > 1e-3

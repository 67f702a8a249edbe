"""Means of layer outputs under trial shifts."""

import numpy as np

from openpot.algorithms.mean_outputs import PredictedMeans, ReplayedMeans, mean_outputs
from openpot.data.sampler import BatchSampler
from openpot.engine.base import Engine
from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from openpot.graph.shift_inputs import ShiftPlace
from openpot.graph.tensor_id import TensorId
from toy_engines import labelled_images
from toy_models import tiny_cnn

PLACES = {"conv1": ShiftPlace(TensorId("conv1"), 1, 8), "fc": ShiftPlace(TensorId("fc"), -1, 5)}


class Delegating(Engine):
    """An engine of a user's own with the documented signature."""

    def __init__(self, data_loader):
        super().__init__({}, data_loader)
        self._inner = IEEngine({}, data_loader)

    def set_model(self, model):
        self._inner.set_model(model)

    def predict(self, stats_layout=None, sampler=None, metric_per_sample=False, print_progress=False):
        return self._inner.predict(stats_layout, sampler, metric_per_sample=metric_per_sample)


def means_of(make_engine):
    loader = labelled_images(4)
    return mean_outputs(make_engine(loader), CompressedModel(graph=tiny_cnn()), PLACES, BatchSampler(loader))


def test_the_engine_decides_how_the_means_are_made():
    assert isinstance(means_of(lambda loader: IEEngine({}, loader)), ReplayedMeans)
    assert isinstance(means_of(Delegating), PredictedMeans)


def test_engines_of_the_users_own_give_the_same_means():
    replayed, predicted = means_of(lambda loader: IEEngine({}, loader)), means_of(Delegating)
    for shifts in ({}, {"conv1": np.linspace(-1, 1, 8)}, {"conv1": np.ones(8), "fc": np.ones(5)}):
        first, second = replayed(shifts), predicted(shifts)
        assert first.keys() == second.keys() == PLACES.keys()
        for name in PLACES:
            assert len(first[name]) == 4
            np.testing.assert_allclose(first[name].mean(axis=0), second[name][0], atol=1e-4)

"""Shifts out of one pass, and level by level."""

import numpy as np

from openpot.algorithms.min_max import MinMaxQuantization
from openpot.data.sampler import BatchSampler
from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from openpot.graph.tensor_id import TensorId
from openpot.layers.fitted_shifts import ShiftFitting
from openpot.trial.shift_inputs import ShiftPlace
from toy_engines import Delegating, labelled_images
from toy_models import tiny_cnn

PLACES = {
    "conv1": ShiftPlace(TensorId("conv1"), 1, 8),
    "conv2": ShiftPlace(TensorId("conv2"), 1, 8),
    "fc": ShiftPlace(TensorId("fc"), -1, 5),
}
LEVELS = {"conv1": 1, "conv2": 2, "fc": 3}
COARSE = {"weights": {"bits": 4, "level_low": -7, "level_high": 7}, "activations": {"bits": 16}}


def fitted(make_engine, samples=40):
    loader = labelled_images(samples)
    original = CompressedModel(graph=tiny_cnn())
    coarse = original.copy()
    MinMaxQuantization(COARSE, IEEngine({}, loader)).run(coarse)
    return ShiftFitting(make_engine(loader), original, PLACES, BatchSampler(loader)).fit(coarse, PLACES, LEVELS)


def direct(loader):
    return IEEngine({}, loader)


def test_one_pass_and_one_for_each_level_find_the_same():
    once, levelled = fitted(direct), fitted(Delegating)
    assert (once.passes, levelled.passes) == (1, 3)
    for name in PLACES:
        size = np.abs(levelled.shifts[name]).max()
        np.testing.assert_allclose(once.shifts[name], levelled.shifts[name], atol=0.15 * size)
        np.testing.assert_allclose(once.means[name].mean(axis=0), levelled.means[name][0], atol=1e-4)


def test_other_samples_judge_where_there_are_enough():
    assert fitted(direct).error_after < fitted(direct).error_before
    few, predicted = fitted(direct, samples=9), fitted(Delegating)
    assert (few.error, few.help) == (predicted.error, predicted.help) == (None, True)

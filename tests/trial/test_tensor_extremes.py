"""Extremes of tensors, without the tensors."""

import numpy as np
import pytest

from openpot.errors import UnknownNameError
from openpot.graph.tensor_id import TensorId
from openpot.inference.compile import compile_model
from openpot.trial.tensor_extremes import observe_extremes
from openpot.trial.trial_graph import build_reference_graph
from toy_models import images, tiny_cnn

FEEDS = [{0: image[None]} for image in images(5)]


def test_they_are_those_of_all_samples():
    tensors = [TensorId("conv1"), TensorId("conv2"), TensorId("conv1")]
    extremes = observe_extremes(tiny_cnn(), tensors, FEEDS)
    compiled = compile_model(build_reference_graph(tiny_cnn(), {}, tensors[:2]), "CPU")
    outputs = [[np.array(value) for value in compiled(feed[0]).values()] for feed in FEEDS]
    assert list(extremes) == tensors[:2]
    for number, (low, high) in enumerate(extremes.values()):
        assert low == pytest.approx(min(values[number].min() for values in outputs), rel=1e-5)
        assert high == pytest.approx(max(values[number].max() for values in outputs), rel=1e-5)


def test_values_that_are_not_finite_are_seen():
    feeds = [{0: np.full_like(FEEDS[0][0], np.inf)}, *FEEDS]
    low, high = observe_extremes(tiny_cnn(), [TensorId("data")], feeds)[TensorId("data")]
    assert not np.isfinite([low, high]).all()


def test_unknown_tensors_are_refused():
    with pytest.raises(UnknownNameError):
        observe_extremes(tiny_cnn(), [TensorId("nothing")], FEEDS)

import numpy as np
import pytest

from openpot.data.sampler import BatchSampler
from openpot.engine.simplified_engine import SimplifiedEngine
from openpot.graph.model import CompressedModel
from toy_engines import LabelMetric, ListLoader, labelled_images
from toy_models import images, tiny_cnn


@pytest.fixture
def model():
    return CompressedModel(graph=tiny_cnn())


def test_bare_data_are_observed(model):
    pictures = images(4)
    engine = SimplifiedEngine({"device": "CPU"}, data_loader=ListLoader(pictures))
    engine.set_model(model)
    metrics, statistics = engine.predict({"data": {"max": np.max}}, BatchSampler(engine.data_loader))
    assert metrics is None
    assert statistics == {"data": {"max": [picture.max() for picture in pictures]}}


def test_dicts_by_input_name_are_samples(model):
    engine = SimplifiedEngine({}, ListLoader([{"data": image} for image in images(2)]))
    engine.set_model(model)
    assert len(engine.predict({"relu1": {"max": np.max}})[1]["relu1"]["max"]) == 2


def test_there_is_never_a_metric(model):
    engine = SimplifiedEngine({}, labelled_images(2), LabelMetric())
    engine.set_model(model)
    assert engine.metric is None
    assert engine.predict() == (None, {})


def test_batches_are_taken_as_they_are():
    assert SimplifiedEngine._process_batch([1, 2]) == (None, [1, 2], None)

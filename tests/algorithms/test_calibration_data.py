import warnings

import pytest

from openpot.algorithms.calibration_data import reading_sequences
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.data.adapt import make_data_loader
from openpot.data.chained_steps import ChainedSteps
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import OpenPotWarning
from openpot.graph.model import CompressedModel
from stream_models import steps, stream_model, streams
from toy_models import images, tiny_cnn


class Measuring(MinMaxQuantization):
    evaluates_metric = True


def engine_on(data):
    return IEEngine({"device": "CPU"}, make_data_loader(data))


def test_the_engine_reads_sequences_meanwhile():
    engine = engine_on(steps(12))
    own = engine.data_loader
    with (
        pytest.warns(OpenPotWarning, match="keeps a state"),
        reading_sequences(engine, CompressedModel(graph=stream_model()), [MinMaxQuantization({}, engine)]),
    ):
        assert isinstance(engine.data_loader, ChainedSteps)
    assert engine.data_loader is own


def test_algorithms_that_evaluate_a_metric_keep_their_samples():
    engine = engine_on(steps(12))
    own = engine.data_loader
    with (
        pytest.warns(OpenPotWarning, match="neither calibrated on nor validated"),
        reading_sequences(engine, CompressedModel(graph=stream_model()), [Measuring({}, engine)]),
    ):
        assert engine.data_loader is own


@pytest.mark.parametrize(
    ("make", "data"), [(tiny_cnn, images(3)), (stream_model, streams(2))], ids=["no state", "sequences"]
)
def test_other_data_are_left_alone(make, data):
    engine = engine_on(data)
    own = engine.data_loader
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with reading_sequences(engine, CompressedModel(graph=make()), [MinMaxQuantization({}, engine)]):
            assert engine.data_loader is own


def test_without_an_engine_nothing_happens():
    with reading_sequences(None, CompressedModel(graph=stream_model()), [MinMaxQuantization({})]):
        pass

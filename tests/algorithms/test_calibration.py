"""One pass for a group of algorithms."""

import numpy as np
import pytest

from openpot.algorithms.base import Algorithm
from openpot.algorithms.calibration import calibrate, require_engine
from openpot.algorithms.context import PipelineContext
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import ConfigError
from openpot.graph.model import CompressedModel
from openpot.graph.model_digest import model_digest
from openpot.graph.tensor_id import TensorId
from openpot.numerics.aggregators import Aggregator, AggregatorKind
from openpot.numerics.reducers import Reducer, ReducerKind
from openpot.statistics.calibration_subset import CalibrationSubset
from openpot.statistics.spec import StatisticSpec
from toy_engines import labelled_images
from toy_models import tiny_cnn


def spec(node, kind="max"):
    return StatisticSpec(TensorId(node), Reducer(ReducerKind(kind)), Aggregator(AggregatorKind.MAX))


class Asking(Algorithm):
    def __init__(self, *specs, subset=None, needs_original=False):
        super().__init__()
        self._needs_original = needs_original
        self.specs, self.subset, self.calibration, self.prepared = specs, subset or CalibrationSubset(), None, 0

    @property
    def needs_original(self):
        return self._needs_original

    @property
    def answers(self):
        return self.calibration.statistics

    def prepare(self, model):
        self.prepared += 1

    def calibration_subset(self):
        return self.subset

    def required_statistics(self, model):
        assert self.prepared == 1, "the model is prepared before it is looked at"
        return self.specs

    def receive_calibration(self, calibration):
        self.calibration = calibration

    def run(self, model):
        return model


def setting(count=6):
    loader = labelled_images(count)
    return loader, IEEngine({}, loader), CompressedModel(graph=tiny_cnn())


def test_algorithms_with_equal_subsets_share_a_pass():
    loader, engine, model = setting()
    first, second = Asking(spec("data"), spec("relu1")), Asking(spec("relu1"), spec("data", "min"))
    calibrate(engine, model, [first, second])
    assert loader.calls == list(range(6))
    assert set(first.answers) == {spec("data"), spec("relu1")}
    assert second.answers[spec("relu1")] == first.answers[spec("relu1")]
    assert first.answers[spec("data")] == max(sample.max() for sample, _ in loader.samples)


def test_other_subsets_get_passes_of_their_own():
    loader, engine, model = setting()
    calibrate(engine, model, [Asking(spec("data"), subset=CalibrationSubset(2)), Asking(spec("data"))])
    assert sorted(loader.calls) == [0, 0, 1, 1, 2, 3, 4, 5]


def test_a_subset_larger_than_the_data_is_the_whole_data():
    loader, engine, model = setting(3)
    calibrate(engine, model, [Asking(spec("data"), subset=CalibrationSubset(300)), Asking(spec("data"))])
    assert loader.calls == [0, 1, 2]


def test_an_algorithm_is_told_on_how_many_inferences_its_answers_rest():
    _, engine, model = setting()
    asking, silent = Asking(spec("data"), subset=CalibrationSubset(4)), Asking()
    calibrate(engine, model, [asking, silent])
    assert (asking.calibration.inferences, silent.calibration.inferences) == (4, None)


def test_the_original_is_kept_for_those_that_need_it():
    _, engine, model = setting()
    first, second, other = Asking(needs_original=True), Asking(needs_original=True), Asking()
    calibrate(engine, model, [first, second, other])
    kept = first.calibration.original
    assert kept.members[0].model is not model.members[0].model
    assert model_digest(kept.members[0].model) == model_digest(model.members[0].model)
    assert second.calibration.original is kept
    assert other.calibration.original is None


def test_the_context_is_received_before_the_model_is_prepared():
    class Seeing(Asking):
        def prepare(self, model):
            super().prepare(model)
            self.seen = self.context

    context = PipelineContext(aligned_layers=frozenset({"conv2"}))
    algorithm = Seeing()
    calibrate(None, CompressedModel(graph=tiny_cnn()), [algorithm], context=context)
    assert algorithm.seen is context


def test_without_requests_there_is_no_pass_and_no_engine_needed():
    algorithm = Asking()
    calibrate(None, CompressedModel(graph=tiny_cnn()), [algorithm])
    assert algorithm.answers == {}


def test_requests_need_an_engine():
    with pytest.raises(ConfigError, match="has no engine"):
        calibrate(None, CompressedModel(graph=tiny_cnn()), [Asking(spec("data"))])
    with pytest.raises(ConfigError, match="has no engine"):
        require_engine(None)


class Registering(Asking):
    """Asks through a collector, as POT's algorithms did."""

    name = "Registering"

    def register_statistics(self, model, collector):
        layout = {"relu1": {"largest": lambda tensor: float(tensor.max())}}
        collector.register(self.name, layout, CalibrationSubset(2).make_sampler(self._engine))


def test_algorithms_that_register_are_answered_by_their_collector():
    _, engine, model = setting()
    algorithm = Registering()
    algorithm._engine = engine
    calibrate(engine, model, [algorithm])
    answers = algorithm.algo_collector.get_statistics_for_algorithm("Registering")
    assert len(answers["relu1"]["largest"]) == 2


def test_mean_statistics_do_not_depend_on_the_batch_size():
    loader = labelled_images(4)
    answers = []
    for batch_size in (1, 2):
        averages = batch_size > 1
        request = StatisticSpec(
            TensorId("data"), Reducer(ReducerKind.MAX, average_over_batch=averages), Aggregator(AggregatorKind.MEAN)
        )
        algorithm = Asking(request, subset=CalibrationSubset(batch_size=batch_size))
        calibrate(IEEngine({}, loader), CompressedModel(graph=tiny_cnn(batch=-1)), [algorithm])
        answers.append(algorithm.answers[request])
    np.testing.assert_allclose(answers[0], answers[1], rtol=1e-6)

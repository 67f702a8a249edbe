import numpy as np
import pytest

from openpot.data.sampler import BatchSampler
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import DataError, EngineError
from openpot.graph.model import CompressedModel
from openpot.graph.tensor_id import TensorId
from openpot.numerics.aggregators import Aggregator, AggregatorKind
from openpot.numerics.reducers import Reducer, ReducerKind
from openpot.statistics.collector import StatisticsCollector, collect_statistics
from openpot.statistics.spec import StatisticSpec
from openpot.statistics.statistic import SQNRStatistic, TensorStatistic, TensorStatisticAxis
from toy_engines import BufferLoader, LabelMetric, PlainEngine, labelled_images
from toy_models import images, tiny_cnn

REDUCERS = [Reducer(kind, axis, 0.9 if kind.is_quantile else None) for kind in ReducerKind for axis in (None, 1)]
SPECS = [
    StatisticSpec(TensorId(node), reducer, Aggregator(kind))
    for node in ("data", "relu1", "relu2")
    for reducer in REDUCERS
    for kind in AggregatorKind
]


class ThroughHooks(IEEngine):
    """Collects statistics as engines written for POT do."""

    def _collect_statistics(self, outputs, stats_layout, annotations=None):
        super()._collect_statistics(outputs, stats_layout, annotations)


@pytest.fixture
def model():
    return CompressedModel(graph=tiny_cnn())


def test_specs_equal_reducers_and_aggregators_on_the_raw_tensors(model):
    loader = labelled_images(7)
    answers = collect_statistics(IEEngine({}, loader), model, SPECS, BatchSampler(loader))
    engine = IEEngine({}, loader)
    engine.set_model(model)
    raw = engine.predict({node: {"raw": lambda tensor: tensor} for node in ("data", "relu1", "relu2")})[1]
    assert list(answers) == SPECS
    for spec, value in answers.items():
        expected = spec.aggregator([spec.reducer(tensor) for tensor in raw[spec.tensor.node]["raw"]])
        assert value.shape == expected.shape
        np.testing.assert_allclose(value, expected, rtol=1e-5, atol=1e-6)


def test_answers_are_bit_equal_whatever_the_number_of_requests(model):
    loader = labelled_images(30)

    def answers(**config):
        found = collect_statistics(IEEngine(config, loader), model, SPECS, BatchSampler(loader))
        return b"".join(value.tobytes() for value in found.values())

    assert answers(stat_requests_number=1) == answers(stat_requests_number=2) == answers()


def test_an_engine_with_overridden_methods_answers_the_same(model):
    loader = labelled_images(4)
    direct = collect_statistics(IEEngine({}, loader), model, SPECS, BatchSampler(loader))
    hooked = collect_statistics(ThroughHooks({}, loader, LabelMetric()), model, SPECS, BatchSampler(loader))
    for spec in SPECS:
        np.testing.assert_allclose(hooked[spec], direct[spec], rtol=1e-4, atol=1e-5)


def test_an_engine_of_the_users_own_is_asked_through_predict(model):
    loader = labelled_images(4)
    spec = StatisticSpec(TensorId("data"), Reducer(ReducerKind.MAX), Aggregator(AggregatorKind.MAX))
    answers = collect_statistics(PlainEngine(loader), model, [spec], BatchSampler(loader))
    assert float(answers[spec]) == max(image.max() for image, _ in loader.samples)


def test_nothing_wanted_needs_no_engine(model):
    assert collect_statistics(None, model, [], None) == {}


def test_samples_that_share_an_inference_count_one_by_one(model):
    del model
    loader = labelled_images(4)
    batched = CompressedModel(graph=tiny_cnn(batch=2))
    reducer = Reducer(ReducerKind.MAX, average_over_batch=True)
    spec = StatisticSpec(TensorId("data"), reducer, Aggregator(AggregatorKind.MEAN))
    answer = collect_statistics(IEEngine({}, loader), batched, [spec], BatchSampler(loader, 2))[spec]
    assert float(answer) == pytest.approx(np.mean([image.max() for image, _ in loader.samples]))


def test_an_unusable_sample_is_named(model):
    loader = labelled_images(4)
    loader.samples[2][0][0, 0, 0] = np.nan
    with pytest.raises(DataError, match="sample 2"):
        collect_statistics(IEEngine({}, loader), model, SPECS[:1], BatchSampler(loader))


def test_a_buffer_that_is_used_again_spoils_nothing(model):
    pictures = images(9)
    plain, reused = labelled_images(9), BufferLoader(pictures)
    first, second = (
        collect_statistics(IEEngine({}, loader), model, SPECS, BatchSampler(loader)) for loader in (plain, reused)
    )
    assert all(first[spec].tobytes() == second[spec].tobytes() for spec in SPECS)


def test_the_metric_is_not_touched(model):
    loader, metric = labelled_images(3), LabelMetric()
    collect_statistics(IEEngine({}, loader, metric), model, SPECS[:3], BatchSampler(loader))
    assert not hasattr(metric, "seen")
    assert metric.resets == 1


def test_algorithms_get_what_they_registered(model):
    loader = labelled_images(3)
    collector = StatisticsCollector(IEEngine({}, loader))
    sampler = BatchSampler(loader)
    collector.register("A", {"data": {"max": np.max}}, sampler)
    collector.register("A", {"data": {"min": np.min}, "relu1": {"max": TensorStatistic(np.max)}}, sampler)
    collector.register("B", {"renamed": {"top": np.max}}, BatchSampler(loader, 1, [2]), {"renamed": "data"})
    collector.compute_statistics(model)
    pictures = [image for image, _ in loader.samples]
    found = collector.get_statistics_for_algorithm("A")
    assert found["data"] == {"max": [p.max() for p in pictures], "min": [p.min() for p in pictures]}
    assert len(found["relu1"]["max"]) == 3
    assert collector.get_statistics_for_algorithm("B") == {"renamed": {"top": [pictures[2].max()]}}
    assert set(collector.accumulated_stats_by_algo) == {"A", "B"}


def test_equal_samplers_share_one_pass(model):
    loader = labelled_images(4)
    collector = StatisticsCollector(IEEngine({"prefetch": False}, loader))
    for name in ("A", "B"):
        collector.register(name, {"data": {"max": np.max}}, BatchSampler(loader, 1, range(4)))
    collector.compute_statistics(model)
    assert loader.calls == [0, 1, 2, 3]


def test_computing_again_starts_afresh(model):
    loader = labelled_images(2)
    collector = StatisticsCollector(IEEngine({}, loader))
    collector.register("A", {"data": {"max": np.max}}, BatchSampler(loader))
    collector.compute_statistics(model)
    collector.compute_statistics(model)
    assert len(collector.get_statistics_for_algorithm("A")["data"]["max"]) == 2


def test_algorithms_that_want_nothing_need_no_pass(model):
    collector = StatisticsCollector(None)
    collector.register("A", {}, None)
    collector.compute_statistics(model)
    assert collector.get_statistics_for_algorithm("A") == {}


def test_asking_too_early_is_explained(model):
    collector = StatisticsCollector(PlainEngine(labelled_images(1)))
    with pytest.raises(EngineError, match="'A' has registered no statistics"):
        collector.get_statistics_for_algorithm("A")
    collector.register("A", {"data": {"max": np.max}}, None)
    with pytest.raises(EngineError, match="not collected yet"):
        collector.get_statistics_for_algorithm("A")


@pytest.mark.parametrize("engine", [IEEngine, ThroughHooks])
def test_statistics_of_nodes_with_an_axis_of_their_own_and_of_two_nodes(model, engine):
    loader = labelled_images(2)
    collector = StatisticsCollector(engine({}, loader))
    means = TensorStatisticAxis(channel={"data": 2})
    shift = SQNRStatistic(lambda before, after: (after - before).mean(axis=(0, 2, 3)), "_bias")
    collector.register("A", {"data": {"rows": means}, "conv1": {"shift": shift}}, BatchSampler(loader))
    collector.compute_statistics(model)
    found = collector.get_statistics_for_algorithm("A")
    np.testing.assert_allclose(found["data"]["rows"][1][0], loader.samples[1][0].mean(axis=(0, 2)), rtol=1e-5)
    bias = next(node for node in model.models[0]["model"].get_ops() if node.get_friendly_name() == "conv1_b")
    np.testing.assert_allclose(found["conv1"]["shift"][0], bias.get_data().ravel(), rtol=1e-3, atol=1e-5)

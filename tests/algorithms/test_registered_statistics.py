import numpy as np
import pytest

from openpot.algorithms.min_max import MinMaxQuantization
from openpot.algorithms.registered_statistics import format_statistic_name, register_specs, specify_mean_outputs
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import EngineError
from openpot.graph.model import CompressedModel
from openpot.graph.tensor_id import TensorId
from openpot.numerics.aggregators import Aggregator, AggregatorKind
from openpot.numerics.reducers import Reducer, ReducerKind
from openpot.statistics.collector import StatisticsCollector
from openpot.statistics.spec import StatisticSpec
from toy_engines import labelled_images
from toy_models import tiny_cnn


def spec(kind, node="relu1", axis=None, quantile=None, aggregator="mean"):
    return StatisticSpec(TensorId(node), Reducer(kind, axis, quantile), Aggregator(AggregatorKind(aggregator)))


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        (spec(ReducerKind.MIN), "min_min"),
        (spec(ReducerKind.MAX), "max_max"),
        (spec(ReducerKind.ABS_MAX), "max_abs_max"),
        (spec(ReducerKind.QUANTILE, quantile=1e-4), "min_quantile_0.0001"),
        (spec(ReducerKind.QUANTILE, quantile=1 - 1e-4), "max_quantile_0.0001"),
        (spec(ReducerKind.ABS_QUANTILE, quantile=0.999), "max_abs_quantile_0.001"),
        (spec(ReducerKind.MEAN, axis=1), "mean_per_channel"),
        (spec(ReducerKind.MEAN), "mean"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_names_are_those_of_pot(asked, name):
    assert format_statistic_name(asked) == name


def test_different_statistics_of_one_name_get_a_number():
    model = CompressedModel(graph=tiny_cnn())
    asked = [
        spec(ReducerKind.MEAN, axis=1),
        spec(ReducerKind.MEAN, axis=2),
        spec(ReducerKind.MEAN, axis=1, aggregator="max"),
    ]
    layout, places = register_specs(model, asked, format_statistic_name)
    assert list(layout["relu1"]) == ["mean_per_channel", "mean_per_channel_2"]
    assert [places[one] for one in asked] == [
        ("relu1", "mean_per_channel"),
        ("relu1", "mean_per_channel_2"),
        ("relu1", "mean_per_channel"),
    ]


def test_means_are_taken_after_the_bias():
    model = CompressedModel(graph=tiny_cnn())
    nodes = {one.tensor.node for one in specify_mean_outputs(model)}
    assert nodes <= {node.get_friendly_name() for node in model.members[0].model.get_ops()}
    assert len(nodes) == len([*model.snapshot().nodes_of_type("Convolution", "MatMul")])


def test_answers_are_those_of_a_calibration():
    engine, model = IEEngine({}, labelled_images(6)), CompressedModel(graph=tiny_cnn())
    collector, by_hand = StatisticsCollector(engine), MinMaxQuantization({}, engine)
    by_hand.register_statistics(model, collector)
    collector.compute_statistics(model)
    by_hand.run(model)
    alone = CompressedModel(graph=tiny_cnn())
    MinMaxQuantization({}, engine).run(alone)
    first, second = (
        {n.get_friendly_name(): n.data for n in m.members[0].model.get_ops() if n.get_type_name() == "Constant"}
        for m in (model, alone)
    )
    assert first.keys() == second.keys()
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name])


def test_running_before_collecting_is_an_error():
    engine, model = IEEngine({}, labelled_images(6)), CompressedModel(graph=tiny_cnn())
    algorithm = MinMaxQuantization({}, engine)
    algorithm.register_statistics(model, StatisticsCollector(engine))
    with pytest.raises(EngineError, match="compute_statistics"):
        algorithm.run(model)

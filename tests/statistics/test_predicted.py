from dataclasses import replace

import numpy as np
import pytest

import openvino as ov
from openpot.data.sampler import BatchSampler
from openpot.errors import DataError, EngineError
from openpot.graph.model import CompressedModel
from openpot.graph.tensor_id import TensorId
from openpot.numerics.aggregators import Aggregator, AggregatorKind
from openpot.numerics.reducers import Reducer, ReducerKind
from openpot.statistics.predicted import make_node_key, predict_statistics
from openpot.statistics.spec import StatisticSpec
from openvino import opset13 as op
from toy_engines import PlainEngine, labelled_images
from toy_models import tiny_cnn


def spec(kind=ReducerKind.MAX, axis=None, aggregator=AggregatorKind.MEAN):
    return StatisticSpec(TensorId("data"), Reducer(kind, axis), Aggregator(aggregator))


def test_an_engine_with_the_documented_signature_answers():
    loader, model = labelled_images(4), CompressedModel(graph=tiny_cnn())
    engine = PlainEngine(loader)
    specs = [spec(), spec(aggregator=AggregatorKind.MAX), spec(ReducerKind.MIN, 1)]
    answers = predict_statistics(engine, model, specs, BatchSampler(loader))
    highs = [image.max() for image, _ in loader.samples]
    assert engine.models == [model]
    assert float(answers[specs[0]]) == pytest.approx(np.mean(highs))
    assert float(answers[specs[1]]) == max(highs)
    expected = np.mean([image.min(axis=(1, 2)) for image, _ in loader.samples], axis=0)
    np.testing.assert_allclose(answers[specs[2]], expected, rtol=1e-6)


def test_an_engine_with_aliases_gets_them():
    class WithAliases(PlainEngine):
        def predict(self, stats_layout=None, sampler=None, stat_aliases=None, metric_per_sample=False, *rest):
            self.aliases = stat_aliases
            return super().predict(stats_layout, sampler, metric_per_sample)

    loader = labelled_images(2)
    engine = WithAliases(loader)
    predict_statistics(engine, CompressedModel(graph=tiny_cnn()), [spec()], BatchSampler(loader))
    assert engine.aliases == {"openpot": {"data": {spec().reducer: [repr(spec().reducer)]}}}


def test_a_statistic_that_is_not_finite_names_node_and_inference():
    loader = labelled_images(3)
    loader.samples[1][0][0, 0, 0] = np.inf
    with pytest.raises(DataError, match="inference 1: the max of 'data' is inf"):
        predict_statistics(PlainEngine(loader), CompressedModel(graph=tiny_cnn()), [spec()], BatchSampler(loader))


@pytest.mark.parametrize("answer", [{}, {"data": {}}, None, {"data": {spec().reducer: []}}], ids=str)
def test_an_engine_that_leaves_a_statistic_out_is_named(answer):
    class Forgetful(PlainEngine):
        def predict(self, stats_layout=None, sampler=None, metric_per_sample=False, print_progress=False):
            return {}, answer

    with pytest.raises(EngineError, match=r"Forgetful\.predict returned no max of 'data'"):
        predict_statistics(Forgetful(None), CompressedModel(graph=tiny_cnn()), [spec()], None)


def test_a_tensor_without_values_is_left_out_beside_others():
    other = replace(spec(), tensor=TensorId("relu1"))

    class Empty(PlainEngine):
        def predict(self, stats_layout=None, sampler=None, metric_per_sample=False, print_progress=False):
            return {}, {"data": {spec().reducer: [np.array(2.0)]}, "relu1": {other.reducer: []}}

    found = predict_statistics(Empty(None), CompressedModel(graph=tiny_cnn()), [spec(), other], None)
    assert found == {spec(): 2.0}


def test_nodes_with_several_outputs_are_named_with_their_port():
    data = op.parameter([1, 4], np.float32, name="data")
    split = op.split(data, op.constant(np.int64(1)), 2, name="split")
    graph = ov.Model([op.result(split.output(port)) for port in range(2)], [data], "m")
    model = CompressedModel(graph=graph)
    assert make_node_key(model, TensorId("split", 0)) == ("split", 0)
    assert make_node_key(model, TensorId("split", 1)) == ("split", 1)
    assert make_node_key(model, TensorId("data", 0)) == "data"
    assert make_node_key(model, TensorId("elsewhere", 0)) == "elsewhere"

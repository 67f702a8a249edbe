"""Weights of 4 bits where the metric allows it."""

from functools import cache

import numpy as np
import pytest

from openpot.data.metric import Metric
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import EngineError, MetricError
from openpot.graph.model import CompressedModel
from openpot.graph.stored_size import count_stored_bytes
from openpot.measure.executed_graph import read_executed_graph
from openpot.pipeline import create_pipeline
from openpot.recipes.int4_mixed_quantization import INT4MixedQuantization
from openpot.rewrites.compress_weights import compress_model_weights
from real_networks import output_error, outputs, text_direction
from toy_engines import ListLoader, labelled_images
from toy_models import images, run, tiny_cnn, worked_example

pytestmark = pytest.mark.usefixtures("quantized_once")


class Closeness(Metric):
    """Minus the mean distance of the output from the annotation; with ``direction`` higher-worse the distance."""

    direction, sign = "higher-better", -1.0

    def reset(self):
        self.distances = []

    def update(self, output, target):
        self.distances += [float(np.abs(output[0] - np.asarray(label)).mean()) for label in target]

    @property
    def value(self):
        return {"closeness": [self.sign * self.distances[-1]]}

    @property
    def avg_value(self):
        return {"closeness": self.sign * float(np.mean(self.distances))}

    def get_attributes(self):
        return {"closeness": {"direction": self.direction, "type": "distance"}}


class Distance(Closeness):
    direction, sign = "higher-worse", 1.0


class Scripted(Closeness):
    """Gives these values in turn, whatever the outputs are."""

    def __init__(self, values, direction):
        self.values, self.direction = iter(values), direction
        super().__init__()

    @property
    def avg_value(self):
        return {"closeness": next(self.values)}


class Nothing(Closeness):
    @property
    def avg_value(self):
        return {"closeness": float("nan") if max(self.distances) > 1e-4 else 0.0}


def engine_for(model, metric=Closeness, samples=None):
    samples = images() if samples is None else samples
    answers = outputs(model, samples)
    return IEEngine({"device": "CPU"}, ListLoader(list(zip(samples, answers, strict=True))), metric())


def mixed(model, engine, **params):
    held = CompressedModel(graph=model)
    pipeline = create_pipeline([{"name": "INT4MixedQuantization", "params": params}], engine)
    pipeline.run(held)
    return held, pipeline.algo_seq[0].result


def four_bit_constants(held):
    compress_model_weights(held)
    return [node.name for node in held.snapshot().nodes_of_type("Constant") if node.output_type == "i4"]


@cache
def mixed_within(drop, metric=Closeness):
    model = worked_example()
    return mixed(model, engine_for(model, metric), maximal_drop=drop)


@pytest.mark.parametrize("metric", [Closeness, Distance], ids=["higher better", "lower better"])
def test_the_drop_is_kept_and_fewer_bits_are_used_where_it_allows_more(metric):
    model = worked_example()
    counts = []
    for drop in (0.0, 0.0004, 10.0):
        held, result = mixed_within(drop, metric)
        lost = np.mean([np.abs(run(held.members[0].model, i[None])[0] - run(model, i[None])[0]) for i in images()])
        assert lost <= drop + 1e-6 or not any(trial.accepted for trial in result.trials)
        assert len(four_bit_constants(held.copy())) == len(result.four_bits)
        counts.append(len(result.four_bits))
    assert counts == sorted(counts)
    assert counts[0] == 0 < counts[1] < counts[2] == 6


@pytest.mark.parametrize(
    ("direction", "baseline", "on_the_limit", "beyond", "params"),
    [
        ("higher-better", 0.70, 0.69, 0.6899, {"maximal_drop": 0.01}),
        ("higher-better", 0.70, 0.693, 0.6929, {"maximal_drop": 0.01, "drop_type": "relative"}),
        ("higher-worse", 0.69, 0.70, 0.7001, {"maximal_drop": 0.01}),
        ("higher-worse", 0.70, 0.707, 0.7071, {"maximal_drop": 0.01, "drop_type": "relative"}),
    ],
)
def test_a_drop_of_exactly_what_is_allowed_is_allowed(direction, baseline, on_the_limit, beyond, params):
    model = tiny_cnn()
    engine = engine_for(model, lambda: Scripted([baseline, on_the_limit, on_the_limit], direction))
    _, result = mixed(model, engine, **params)
    assert [trial.accepted for trial in result.trials] == [True, True]
    assert (len(result.four_bits), result.eight_bits) == (3, ())
    engine = engine_for(model, lambda: Scripted([baseline, beyond], direction))
    _, result = mixed(model, engine, **params)
    assert [trial.accepted for trial in result.trials] == [False]


def test_a_metric_without_a_direction_is_refused_at_once():
    with pytest.raises(MetricError, match="without it nobody knows which of two models is better"):
        INT4MixedQuantization({}, engine_for(worked_example(), lambda: Scripted([], None)))


def test_a_real_network_gets_smaller_and_still_runs_in_int8():
    model, samples = text_direction()
    engine = engine_for(model, samples=samples)
    held, result = mixed(model, engine, maximal_drop=0.15, max_iter_num=2)
    assert len(result.four_bits) >= 10
    assert abs(result.metrics["closeness"]) <= 0.15
    compress_model_weights(held)
    eight = CompressedModel(graph=model)
    create_pipeline([{"name": "MinMaxQuantization"}], engine).run(eight)
    compress_model_weights(eight)
    snapshot = held.snapshot()
    halves = [node for node in snapshot.nodes_of_type("Constant") if node.output_type == "i4"]
    saved = count_stored_bytes(eight.members[0].model) - count_stored_bytes(held.members[0].model)
    assert saved == pytest.approx(sum(np.prod(node.output_shape) for node in halves) / 2, rel=0.05)
    executed = read_executed_graph(held.members[0].model)
    assert np.mean([executed[name].is_integer for name in result.four_bits if name in executed]) > 0.9
    assert output_error(outputs(model, samples), outputs(held.members[0].model, samples)) < 1.5


def test_the_number_of_evaluations_grows_with_the_logarithm_and_can_be_limited():
    _, result = mixed_within(0.0004)
    assert len(result.trials) <= 2 + int(np.ceil(np.log2(7)))
    model = worked_example()
    _, limited = mixed(model, engine_for(model), maximal_drop=0.0004, max_iter_num=1)
    assert len(limited.trials) == 2


def test_what_is_returned_is_the_best_that_was_seen():
    _, result = mixed_within(0.0004)
    accepted = [trial for trial in result.trials if trial.accepted]
    assert len(result.four_bits) == max(trial.four_bit_layers for trial in accepted)
    assert result.metrics in [trial.metrics for trial in accepted]


def test_a_metric_that_is_no_number_leaves_eight_bits():
    model = worked_example()
    held, result = mixed(model, engine_for(model, Nothing))
    assert (result.four_bits, result.metrics) == ((), None)
    assert len(result.trials) == 1 and not result.trials[0].accepted
    assert four_bit_constants(held) == []


def test_an_engine_without_metric_is_refused_at_once():
    with pytest.raises(EngineError, match="no metric"):
        INT4MixedQuantization({}, IEEngine({"device": "CPU"}, labelled_images()))

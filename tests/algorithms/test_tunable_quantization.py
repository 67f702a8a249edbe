"""Min-max quantization that follows a scheme."""

import numpy as np
import pytest

from openpot.algorithms.min_max import MinMaxQuantization
from openpot.algorithms.tunable_quantization import TunableQuantization
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import ConfigError, UnknownNameError
from openpot.graph.model import CompressedModel
from openpot.graph.model_digest import model_digest
from openpot.pipeline import create_pipeline
from openpot.rewrites.read_limits import read_limits
from real_networks import lines_of_text, loader_of, output_error, outputs, text_direction
from toy_engines import labelled_images
from toy_models import worked_example

ENGINE = IEEngine({"device": "CPU"}, labelled_images())


def tuned(scheme, model=None, engine=ENGINE, **params):
    held = CompressedModel(graph=worked_example() if model is None else model)
    pipeline = create_pipeline([{"name": "TunableQuantization", "params": params}], engine)
    pipeline.algo_seq[0].params = scheme
    pipeline.run(held)
    return held, pipeline.algo_seq[0].result


@pytest.mark.parametrize("placement", ["openpot", "pot"])
def test_without_a_scheme_it_is_min_max_quantization(placement):
    held, _ = tuned({}, placement=placement)
    other = CompressedModel(graph=worked_example())
    MinMaxQuantization({"placement": placement}, ENGINE).run(other)
    assert model_digest(held.members[0].model) == model_digest(other.members[0].model)


def test_an_operation_can_be_left_in_float():
    held, result = tuned({"conv2": {"quantize": 0}})
    decisions = {one.operation: one.quantized for one in result.plan.decisions}
    assert not decisions["conv2"]
    assert decisions["conv1"]
    assert not any("conv2" in node.name for node in held.snapshot().nodes_of_type("FakeQuantize"))


def test_modes_bits_and_estimators_reach_the_quantizers_of_the_operation_alone():
    scheme = {
        "conv1": {
            "activations": {"mode": "symmetric", "range_estimator": {"max": {"type": "quantile", "outlier_prob": 0.1}}},
            "weights": {"bits": 4, "level_low": -7, "level_high": 7},
        }
    }
    held, result = tuned(scheme)
    plain, _ = tuned({})
    decision = next(one for one in result.plan.decisions if one.operation == "conv1")
    changed = {
        one.name
        for one in result.quantizers
        if not read_limits(held.members[0].model, one.name).equals(read_limits(plain.members[0].model, one.name))
    }
    assert changed == set(decision.quantizers)
    weights, data = sorted(decision.quantizers, key=lambda name: "weights" not in name)
    assert read_limits(held.members[0].model, weights).levels == 15
    after, before = (read_limits(one.members[0].model, data) for one in (held, plain))
    assert after.input_high < 0.9 * before.input_high
    assert after.input_low == pytest.approx(-after.input_high * 128 / 127)


def test_every_choice_that_is_offered_can_be_made():
    scope = ["mode", "layer", "estimator_type", "estimator_aggregator"]
    algorithm = TunableQuantization({"tuning_scope": scope}, ENGINE)
    meta = algorithm.get_parameter_meta(CompressedModel(graph=worked_example()))
    rng = np.random.default_rng(0)
    for _ in range(5):
        algorithm.params = {name: choices[rng.integers(len(choices))] for name, _, choices in meta}
        held = CompressedModel(graph=worked_example())
        algorithm.run(held)
        in_float = {name for name, choice in algorithm.params.items() if not choice["quantize"]}
        decisions = {one.operation: one.quantized for one in algorithm.result.plan.decisions}
        assert in_float == {name for name in algorithm.params if not decisions[name]}


def test_new_parameters_keep_the_scheme():
    algorithm = TunableQuantization({}, ENGINE)
    algorithm.params = {"conv1": {"quantize": 0}}
    algorithm.update_config({"preset": "mixed"})
    held = CompressedModel(graph=worked_example())
    algorithm.run(held)
    assert "conv1" not in {one.operation for one in algorithm.result.plan.decisions if one.quantized}


@pytest.mark.parametrize(
    ("scheme", "error", "message"),
    [
        ({"conv_1": {"quantize": 0}}, UnknownNameError, "names 'conv_1', which .* did you mean 'conv1'"),
        ({"conv1": {"weight": 1}, "conv2": 3}, ConfigError, r"2 faults in the scheme:\n.*'weights'.*\n.*conv2"),
        ({"conv1": {"activations": {"bits": 1}}}, ConfigError, r"params\['conv1'\]\.activations\.bits"),
    ],
    ids=["operation", "two faults", "value"],
)
def test_a_wrong_scheme_is_refused(scheme, error, message):
    with pytest.raises(error, match=message):
        tuned(scheme)


def test_a_search_over_what_is_offered_mends_ranges_that_clip_too_much():
    model, _ = text_direction()
    samples = lines_of_text(48)
    engine = IEEngine({"device": "CPU"}, loader_of(samples[:24]))
    clipped = {"preset": "quantile", "min": {"outlier_prob": 0.05}, "max": {"outlier_prob": 0.05}}
    params = {"tuning_scope": ["estimator_aggregator"], "activations": {"range_estimator": clipped}}
    algorithm = TunableQuantization(params, engine)
    meta = algorithm.get_parameter_meta(CompressedModel(graph=model.clone()))
    expected = outputs(model, samples)

    def errors(scheme):
        algorithm.params = scheme
        subject = CompressedModel(graph=model.clone())
        algorithm.run(subject)
        answers = outputs(subject.members[0].model, samples)
        return [output_error(expected[part], answers[part]) for part in (slice(0, 24), slice(24, 48))]

    numbers = range(1, min(len(choices) for _, _, choices in meta))
    tried = [errors({name: choices[number] for name, _, choices in meta}) for number in numbers]
    searched, held_out = min(tried)
    searched_before, held_out_before = errors({})
    assert searched < 0.3 * searched_before
    assert held_out < 0.3 * held_out_before

"""A statistic or an aggregator that a user registered with POT's registries decides about ranges."""

import numpy as np
import pytest

from openvino.tools.pot import IEEngine, create_pipeline, load_model
from openvino.tools.pot.graph.model_utils import get_node_by_name
from openvino.tools.pot.graph.node_utils import get_node_input, get_node_value
from openvino.tools.pot.statistics.function_selector import (
    ACTIVATIONS_STATS_FN,
    AGGREGATION_FN,
    WEIGHTS_STATS_FN,
    get_aggregation_function,
)
from openvino.tools.pot.statistics.functions.activations import compute_act_stats_fn_per_tensor
from toy_models import images, tiny_cnn

SAMPLES = [(image * (index + 1), None) for index, image in enumerate(images(6))]
REGISTRIES = [AGGREGATION_FN, *ACTIVATIONS_STATS_FN["compute_statistic"].values(), *WEIGHTS_STATS_FN.values()]


@pytest.fixture(autouse=True)
def registries():
    before = [dict(registry.registry_dict) for registry in REGISTRIES]
    yield
    for registry, entries in zip(REGISTRIES, before, strict=True):
        registry.registry_dict.clear()
        registry.registry_dict.update(entries)


def limits(model, name):
    node = get_node_by_name(model, name)
    return [float(np.max(np.abs(get_node_value(get_node_input(node, port))))) for port in (1, 2)]


def quantized(placement="pot", **params):
    entry = {"name": "MinMaxQuantization", "params": {"stat_subset_size": 6, "placement": placement, **params}}
    model = load_model({"model_name": "t", "model": tiny_cnn()})
    return create_pipeline([entry], IEEngine({"device": "CPU"}, SAMPLES)).run(model)


def range_of(**end):
    return {"activations": {"mode": "symmetric", "range_estimator": {"min": {**end}, "max": {**end}}}}


@pytest.mark.parametrize("placement", ["pot", "openpot"])
def test_an_aggregator_is_used(placement):
    largest = max(float(np.abs(image).max()) for image, _ in SAMPLES)

    @AGGREGATION_FN.register("twice_the_largest")
    def twice(x):
        return 2 * np.max(np.concatenate(x), axis=0)

    assert get_aggregation_function("twice_the_largest") is twice
    low, high = limits(
        quantized(placement, **range_of(type="abs_max", aggregator="twice_the_largest")), "conv1/fq_input_0"
    )
    assert max(low, high) == pytest.approx(2 * largest, rel=0.02)


@pytest.mark.parametrize("placement", ["pot", "openpot"])
def test_a_statistic_of_activations_is_used(placement):
    @compute_act_stats_fn_per_tensor.register("seven")
    def seven(acts, **_):
        return np.full(len(acts), 7.0)

    assert max(limits(quantized(placement, **range_of(type="seven")), "conv1/fq_input_0")) == pytest.approx(7, rel=0.02)


def test_a_statistic_of_weights_is_used():
    @WEIGHTS_STATS_FN["perchannel"].register("three")
    def three(weights, **_):
        return np.full(len(weights), 3.0)

    weights = {"weights": {"range_estimator": {"max": {"type": "three"}}}}
    assert limits(quantized(saturation_fix="no", **weights), "conv1/fq_weights_1")[1] == pytest.approx(3)


def test_names_are_taken_once_and_listed():
    AGGREGATION_FN.register("mine")(np.mean)
    assert "mine" in AGGREGATION_FN.registry_dict
    assert {"mean", "max", "hl_estimator"} <= set(AGGREGATION_FN.registry_dict)
    with pytest.raises(KeyError, match="taken"):
        AGGREGATION_FN.register("mine")(np.median)

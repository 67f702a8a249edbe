import numpy as np
import pytest

from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from openpot.legacy import fake_quantize_nodes as functions
from openpot.legacy.create_pipeline import create_pipeline
from openpot.legacy.model_nodes import get_node_by_name, get_nodes_by_type
from toy_engines import labelled_images
from toy_models import tiny_cnn

PARAMS = {"target_device": "CPU", "preset": "performance", "placement": "pot", "stat_subset_size": 4}


@pytest.fixture
def quantized():
    model = CompressedModel(graph=tiny_cnn())
    engine = IEEngine({}, labelled_images(4))
    return create_pipeline([{"name": "MinMaxQuantization", "params": PARAMS}], engine).run(model)


def test_every_quantizer_is_described_whether_the_model_is_quantized_or_not(quantized):
    found = functions.compute_stats_layouts(PARAMS, quantized)
    assert found == functions.compute_stats_layouts(PARAMS, CompressedModel(graph=tiny_cnn()))
    assert set(found) == {node.fullname for node in get_nodes_by_type(quantized, ["FakeQuantize"])}
    weights = found["conv1/fq_weights_1"]
    assert (weights["bits"], weights["mode"], weights["granularity"]) == (8, "symmetric", "perchannel")
    assert weights["range_estimator"]["max"]["type"] == "abs_max"
    assert found["conv1/fq_input_0"]["granularity"] == "pertensor"


def test_what_is_stated_is_in_the_description():
    stated = {**PARAMS, "activations": {"mode": "asymmetric", "range_estimator": {"max": {"type": "quantile"}}}}
    found = functions.compute_stats_layouts(stated, CompressedModel(graph=tiny_cnn()))["conv1/fq_input_0"]
    assert (found["mode"], found["range_estimator"]["max"]["type"]) == ("asymmetric", "quantile")


def test_stated_parts_of_a_configuration_are_picked():
    config = {"weights": {"bits": 4, "range_estimator": {}}, "activations": {"mode": "symmetric"}, "preset": "mixed"}
    assert functions.get_fake_quantize_configuration(config) == {
        "weights": {"bits": 4},
        "activations": {"mode": "symmetric"},
        "outputs": {},
    }


@pytest.mark.parametrize(
    ("values", "expected"),
    [(np.full(10, 3.0), 0), (np.linspace(-1, 1, 1000), -1), (np.arange(16) / 15, 15), (np.arange(4).repeat(9), 3)],
    ids=["equal", "continuous", "16 values", "4 values"],
)
def test_levels_are_counted_as_pot_counted_them(values, expected):
    assert functions.get_num_levels(values) == expected


def test_what_stands_around_a_quantizer(quantized):
    node = get_node_by_name(quantized, "conv1/fq_weights_1")
    assert functions.get_fake_quantize_input(node).type == "Const"
    assert functions.get_fake_quantize_input_value(node).shape == (8, 3, 3, 3)
    assert functions.get_fake_quantize_first_output(node).name == "conv1"
    assert functions.get_fake_quantize_input_value(get_node_by_name(quantized, "conv1/fq_input_0")) is None
    assert functions.get_value("bits", {"bits": 4}) == 4
    assert functions.get_value("bits", {}, 8) == 8

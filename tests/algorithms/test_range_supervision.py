"""Range supervision: faults stay small."""

import logging

import numpy as np
import pytest

import openvino as ov
from openpot.algorithms.range_supervision import NOTHING_TO_SUPERVISE
from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from openpot.graph.node_index import NodeIndex
from openpot.graph.weights import constant_value
from openpot.layers.linear_layer import find_linear_layers
from openpot.pipeline import create_pipeline
from openpot.rewrites.replace_constant_inputs import replace_constant_inputs
from openvino import opset13 as op
from real_networks import loader_of, outputs, text_direction
from toy_engines import labelled_images
from toy_models import images, run, tiny_cnn, worked_example


def supervised(model, loader=None, **params):
    held = CompressedModel(graph=model)
    entry = {"name": "RangeSupervision", "params": {"target_device": "CPU", **params}}
    pipeline = create_pipeline([entry], IEEngine({"device": "CPU"}, loader or labelled_images()))
    pipeline.run(held)
    return held, pipeline.algo_seq[0].result


def test_the_limits_are_the_extremes_over_all_samples():
    model = tiny_cnn()
    held, result = supervised(model)
    observed = ov.Model([op.result(node) for node in model.get_ordered_ops() if node.get_type_name() == "Relu"],
                        model.get_parameters(), "relus")  # fmt: skip
    values = [run(observed, sample[None]) for sample in images()]
    for port, name in enumerate(("relu1", "relu2")):
        low, high = result.ranges[name]
        assert low == pytest.approx(min(one[port].min() for one in values), abs=1e-6)
        assert high == pytest.approx(max(one[port].max() for one in values), rel=1e-5)
    clamps = {node.name: node.attributes for node in held.snapshot().nodes_of_type("Clamp")}
    assert set(clamps) == {"relu1/min_max_Clamp", "relu2/min_max_Clamp"}


def test_outputs_on_the_calibration_samples_do_not_change():
    model = worked_example()
    held, result = supervised(model)
    assert set(result.ranges) == {"relu1", "relu_res", "swish"}
    for sample in images():
        np.testing.assert_allclose(run(held.members[0].model, sample[None])[0], run(model, sample[None])[0], atol=1e-6)


def with_fault(model, rng):
    """A copy in which the highest bit of the exponent of one weight of a convolution is flipped."""
    held = CompressedModel(graph=model)
    graph = held.members[0].model
    layers = [layer for layer in find_linear_layers(held.snapshot()) if layer.record.type == "Convolution"]
    layer = layers[rng.integers(len(layers) // 2)]
    weights = constant_value(NodeIndex(graph), layer.constant).copy()
    place = rng.integers(weights.size)
    weights.view(np.uint32).ravel()[place] ^= np.uint32(1 << 30)
    replace_constant_inputs(graph, {layer.weights: weights}, "faulty")
    return graph


def test_flipped_bits_change_fewer_answers_of_a_real_network():
    model, samples = text_direction()
    guarded = supervised(model, loader_of(samples))[0].members[0].model
    right = outputs(model, samples).argmax(axis=1)

    def damage(network):
        rng = np.random.default_rng(3)
        answers = [outputs(with_fault(network, rng), samples) for _ in range(8)]
        wrong = [np.isnan(one).any(axis=1) | (one.argmax(axis=1) != right) for one in answers]
        return np.mean(wrong)

    assert damage(guarded) < 0.7 * damage(model)


def test_activation_functions_left_out_stay_free():
    _, result = supervised(tiny_cnn(), ignored={"scope": ["relu1"]})
    assert set(result.ranges) == {"relu2"}


def test_a_model_without_activation_functions_is_told(caplog):
    data = op.parameter([1, 3, 16, 16], np.float32, name="data")
    model = ov.Model([op.result(op.clamp(data, 0.0, 6.0, name="relu6"))], [data], "limits itself")
    with caplog.at_level(logging.WARNING):
        _, result = supervised(model)
    assert NOTHING_TO_SUPERVISE in caplog.text
    assert result.ranges == {}


def test_running_it_twice_adds_nothing():
    held, _ = supervised(tiny_cnn())
    create_pipeline([{"name": "RangeSupervision"}], IEEngine({"device": "CPU"}, labelled_images())).run(held)
    assert len(held.snapshot().nodes_of_type("Clamp")) == 2


def test_a_quantization_behind_it_works():
    model = tiny_cnn()
    held = CompressedModel(graph=model)
    engine = IEEngine({"device": "CPU"}, labelled_images())
    create_pipeline([{"name": "RangeSupervision"}, {"name": "DefaultQuantization"}], engine).run(held)
    assert held.snapshot().nodes_of_type("FakeQuantize")
    sample = images(1)[0][None]
    np.testing.assert_allclose(run(held.members[0].model, sample)[0], run(model, sample)[0], atol=0.3)

"""Outlier channel splitting: smaller weights, the same network."""

import numpy as np
import pytest

import openvino as ov
from openpot.algorithms.outlier_channel_splitting import OutlierChannelSplitting
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import AlreadyQuantizedError
from openpot.graph.model import CompressedModel
from openpot.graph.node_index import NodeIndex
from openpot.graph.tensor_id import InputId
from openpot.graph.weights import constant_value
from openpot.pipeline import create_pipeline
from openvino import opset13 as op
from real_networks import outputs, text_direction
from toy_engines import labelled_images
from toy_models import conv, images, normal, run, tiny_cnn, worked_example


def with_outliers(seed=0):
    """Three convolutions; in every filter of the last two the weights of one input channel are five times larger."""
    rng = np.random.default_rng(seed)
    data = op.parameter([1, 3, 16, 16], np.float32, name="data")
    x = op.relu(conv(data, normal(rng, 8, 3, 3, 3), "conv1", 1, bias=normal(rng, 8)), name="relu1")
    for number, channel in ((2, 3), (3, 6)):
        weights = normal(rng, 8, 8, 3, 3)
        weights[:, channel, 1, 1] = 1.5 * np.sign(weights[:, channel, 1, 1])
        x = op.relu(conv(x, weights, f"conv{number}", 1, bias=normal(rng, 8)), name=f"relu{number}")
    return ov.Model([op.result(x, name="result")], [data], "outliers")


def split(model, **params):
    held = CompressedModel(graph=model)
    pipeline = create_pipeline([{"name": "OutlierChannelSplitting", "params": params}])
    pipeline.run(held)
    return held, pipeline.algo_seq[0].result


def test_the_largest_weights_are_halved_and_the_network_stays():
    model, sample = with_outliers(), images(1)[0][None]
    held, result = split(model)
    assert [(one.layer, one.sources) for one in result.layers] == [("conv2", (3,)), ("conv3", (6,))]
    assert all(one.peak_after < 0.85 * one.peak_before for one in result.layers)
    np.testing.assert_allclose(run(held.members[0].model, sample)[0], run(model, sample)[0], rtol=1e-4, atol=1e-5)
    nodes = NodeIndex(held.members[0].model)
    assert [constant_value(nodes, nodes.input(reader).get_source_output()).shape
            for reader in held_weights(held)] == [(9, 3, 3, 3), (9, 9, 3, 3), (8, 9, 3, 3)]  # fmt: skip


def held_weights(held):
    return [InputId(node.name, 1) for node in held.snapshot().nodes_of_type("Convolution")]


@pytest.mark.parametrize(("ratio", "added"), [(0.0, 0), (0.01, 1), (0.2, 2), (0.5, 4)])
def test_the_ratio_says_how_many_channels_are_added(ratio, added):
    _, result = split(with_outliers(), weights_expansion_ratio=ratio)
    assert {len(one.sources) for one in result.layers} == ({added} if added else set())


def test_quantized_weights_come_closer():
    model = with_outliers()

    def error(names):
        held = CompressedModel(graph=model)
        coarse = {"weights": {"bits": 5, "level_low": -15, "level_high": 15}, "activations": {"bits": 16}}
        entries = [{"name": name, "params": coarse if name == "MinMaxQuantization" else {}} for name in names]
        create_pipeline(entries, IEEngine({"device": "CPU"}, labelled_images())).run(held)
        return np.mean([np.square(run(held.members[0].model, i[None])[0] - run(model, i[None])[0]) for i in images()])

    plain = error(["MinMaxQuantization"])
    assert error(["OutlierChannelSplitting", "MinMaxQuantization"]) < 0.7 * plain


def test_a_real_network_computes_what_it_did():
    model, samples = text_direction()
    held, result = split(model, weights_expansion_ratio=0.05)
    assert len(result.layers) >= 5
    np.testing.assert_allclose(outputs(held.members[0].model, samples), outputs(model, samples), atol=2e-4)
    assert np.mean([one.peak_after / one.peak_before for one in result.layers]) < 0.9


def test_layers_that_stay_as_they_are_have_a_reason():
    _, result = split(worked_example())
    assert "'data' is a Parameter" in result.skipped["conv1"]
    assert "several readers" in result.skipped["conv3"]
    assert "Concat" in result.skipped["conv5"]


def test_layers_left_out_stay():
    _, result = split(with_outliers(), ignored={"scope": ["conv2"]})
    assert [one.layer for one in result.layers] == ["conv3"]
    assert result.skipped["conv2"] == "the user left it out by name"


def test_quantized_models_are_refused():
    held = CompressedModel(graph=tiny_cnn())
    create_pipeline([{"name": "DefaultQuantization"}], IEEngine({"device": "CPU"}, labelled_images())).run(held)
    with pytest.raises(AlreadyQuantizedError):
        OutlierChannelSplitting().run(held)

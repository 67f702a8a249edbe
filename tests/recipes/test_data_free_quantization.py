"""Quantization without any data."""

import numpy as np
import pytest

import openvino as ov
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import DataError
from openpot.graph.model import CompressedModel
from openpot.measure.executed_graph import read_executed_graph
from openpot.pipeline import create_pipeline
from openpot.recipes.data_free_quantization import DataFreeQuantization, find_image_shape
from openpot.recipes.default_quantization import DefaultQuantization
from openpot.rewrites.compress_weights import compress_model_weights
from openvino import opset13 as op
from real_networks import loader_of, output_error, outputs, text_direction
from toy_engines import labelled_images
from toy_models import conv, normal, tiny_cnn

SIZE = {"image_size": (48, 192), "stat_subset_size": 16}


def test_a_real_network_stays_closer_than_with_noise_but_not_as_close_as_with_data():
    model, samples = text_direction()
    reference = outputs(model, samples)

    def error(algorithm):
        held = CompressedModel(graph=model)
        algorithm.run(held)
        return output_error(reference, outputs(held.members[0].model, samples))

    with_data = error(DefaultQuantization({}, IEEngine({}, loader_of(samples))))
    without = error(DataFreeQuantization(SIZE))
    noise = np.random.default_rng(0).uniform(-2, 2, (16, 3, 48, 192)).astype(np.float32)
    with_noise = error(DefaultQuantization({}, IEEngine({}, loader_of(list(noise)))))
    assert 2 * with_data < without < with_noise


def test_it_runs_in_int8_and_in_a_pipeline_without_engine():
    held = CompressedModel(graph=tiny_cnn())
    pipeline = create_pipeline([{"name": "DataFreeQuantization", "params": {"preset": "mixed"}}])
    pipeline.run(held)
    compress_model_weights(held)
    executed = read_executed_graph(held.members[0].model)
    assert executed["conv1"].is_integer and executed["conv2"].is_integer
    result = pipeline.algo_seq[0].result
    assert result.images == 64
    assert result.quantization.evidence.validation_samples == 8


def test_the_data_of_an_engine_are_not_used():
    loader = labelled_images()
    held = CompressedModel(graph=tiny_cnn())
    DataFreeQuantization({"stat_subset_size": 4}, IEEngine({"device": "CPU"}, loader)).run(held)
    assert loader.calls == []
    assert held.snapshot().nodes_of_type("FakeQuantize")


def test_equal_seeds_give_equal_models():
    def limits(seed):
        held = CompressedModel(graph=tiny_cnn())
        DataFreeQuantization({"stat_subset_size": 4, "seed": seed}).run(held)
        return [np.array(n.data).tobytes() for n in held.members[0].model.get_ordered_ops()
                if n.get_friendly_name().endswith("/input_high")]  # fmt: skip

    assert limits(1) == limits(1) != limits(2)


def first_layer(factor):
    """A network whose filters are made for inputs that are ``1 / factor`` in size."""
    data = op.parameter([1, 3, 16, 16], np.float32, name="data")
    x = op.relu(conv(data, factor * normal(np.random.default_rng(0), 8, 3, 3, 3), "conv1", 1), name="relu")
    return ov.Model([op.result(x, name="result")], [data], "first layer")


@pytest.mark.parametrize(("factor", "values"), [(1.0, "imagenet"), (1 / 128, "0..255")])
def test_the_filters_tell_what_pixels_are(factor, values):
    algorithm = DataFreeQuantization({"stat_subset_size": 4})
    algorithm.run(CompressedModel(graph=first_layer(factor)))
    assert algorithm.result.values == values


def test_stated_values_win():
    algorithm = DataFreeQuantization({"stat_subset_size": 4, "image_values": "0..1"})
    algorithm.run(CompressedModel(graph=first_layer(1 / 128)))
    assert algorithm.result.values == "0..1"


def test_the_picture_is_what_the_model_takes():
    data = op.parameter([1, -1, -1, 1], np.float32, name="data")
    held = CompressedModel(graph=ov.Model([op.result(op.relu(data))], [data], "grey"))
    shape = find_image_shape(held, (20, 30))
    assert (shape.height, shape.width, shape.channels, shape.layout) == (20, 30, 1, "HWC")


def test_models_that_take_no_picture_are_refused():
    data = op.parameter([1, 12], np.float32, name="data")
    product = op.matmul(data, op.constant(normal(np.random.default_rng(0), 12, 4)), False, False, name="fc")
    with pytest.raises(DataError, match="one image input"):
        DataFreeQuantization().run(CompressedModel(graph=ov.Model([op.result(product)], [data], "numbers")))


def test_the_keys_of_the_quantization_reach_it():
    coarse = {"bits": 4, "level_low": -7, "level_high": 7}
    held = CompressedModel(graph=tiny_cnn())
    params = {"stat_subset_size": 4, "preset": "mixed", "target_device": "GPU", "max_output_error": 1e6}
    DataFreeQuantization({**params, "weights": coarse, "activations": {"bits": 6}}).run(held)
    levels = {node.name: node.attributes["levels"] for node in held.snapshot().nodes_of_type("FakeQuantize")}
    assert {count for name, count in levels.items() if "fq_weights" in name} == {15}
    assert {count for name, count in levels.items() if "fq_input" in name} == {64}

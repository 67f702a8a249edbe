"""Weight bias correction: quantized weights with the mean and spread of the original ones."""

import logging

import numpy as np
import pytest

from openpot.algorithms.prepared_model import prepare_model
from openpot.algorithms.shift_check import specify_mean_input
from openpot.algorithms.weight_bias_correction import NOTHING_QUANTIZED
from openpot.data.sampler import create_sampler
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import ConfigError
from openpot.graph.model import CompressedModel
from openpot.graph.node_index import NodeIndex
from openpot.graph.weights import constant_value
from openpot.layers.linear_layer import compute_mean_output, find_linear_layers
from openpot.layers.quantized_weights import read_original_weights, read_quantized_weights
from openpot.measure.executed_graph import read_executed_graph
from openpot.pipeline import create_pipeline
from openpot.rewrites.compress_weights import compress_model_weights
from openpot.rewrites.insert_bias import find_bias
from openpot.rewrites.read_limits import read_limits
from openpot.statistics.collector import collect_statistics
from real_networks import loader_of, text_direction
from toy_engines import labelled_images
from toy_models import images, run, tiny_cnn, worked_example

COARSE = {"bits": 5, "level_low": -15, "level_high": 15}
TIMES = ("before", "after")
FINE_ACTIVATIONS = {"bits": 16}


def corrected(model, *names, loader=None, weights=COARSE, **params):
    held = CompressedModel(graph=model)
    wish = {"weights": weights, "activations": FINE_ACTIVATIONS, **params}
    entries = [{"name": name, "params": wish if name == "MinMaxQuantization" else {}} for name in names]
    pipeline = create_pipeline(entries, IEEngine({"device": "CPU"}, loader or labelled_images()))
    pipeline.run(held)
    return held, pipeline.algo_seq[-1].result


def rows(values, layer):
    """Output channels first; weights of grouped convolutions have them along their first two axes."""
    if layer.record.type.startswith("Group"):
        return values.reshape(values.shape[0] * values.shape[1], -1)
    return (np.swapaxes(values, 0, 1) if "Backprop" in layer.record.type else values).reshape(layer.channels, -1)


def test_mean_and_spread_of_every_filter_come_back():
    plain, _ = corrected(worked_example(), "MinMaxQuantization")
    better, result = corrected(worked_example(), "MinMaxQuantization", "WeightBiasCorrection")
    assert len(result.layers) == 8 and not result.skipped
    for held, wanted in ((plain, False), (better, True)):
        nodes, close = NodeIndex(held.members[0].model), []
        for layer in find_linear_layers(held.snapshot()):
            original = rows(read_original_weights(nodes, layer, held.provenance), layer)
            quantized = rows(read_quantized_weights(nodes, layer), layer)
            step = read_limits(nodes, layer.quantizer).scale.ravel()
            # The sum is right to about half a step of a single weight.
            close.append(np.all(np.abs((original - quantized).sum(axis=1)) <= 0.55 * step))
            if wanted:
                np.testing.assert_allclose(quantized.std(axis=1), original.std(axis=1), rtol=0.06)
        assert all(close) == wanted


def test_the_record_tells_the_error_of_the_means():
    _, result = corrected(worked_example(), "MinMaxQuantization", "WeightBiasCorrection")
    before, after = (np.mean([getattr(record, f"mean_error_{when}") for record in result.layers]) for when in TIMES)
    assert after < 0.7 * before
    assert sum(record.moved for record in result.layers) > 20
    assert any(record.mean_error_after < 0.5 * record.mean_error_before for record in result.layers)


def test_symmetric_weights_stay_symmetric_and_run_as_integers():
    held, _ = corrected(
        worked_example(), "MinMaxQuantization", "WeightBiasCorrection", weights={}, activations={"bits": 8}
    )
    compress_model_weights(held)
    assert not [node for node in held.snapshot().nodes if node.endswith("zero_point")]
    executed = read_executed_graph(held.members[0].model)
    assert all(executed[name].is_integer for name in ("conv1", "dw", "conv2", "conv3", "conv4", "conv5"))


def test_zero_points_take_the_shift_where_there_are_any():
    weights = {"bits": 5, "mode": "asymmetric", "granularity": "perchannel"}
    held, result = corrected(tiny_cnn(), "MinMaxQuantization", "WeightBiasCorrection", weights=weights)
    assert all(record.moved is None for record in result.layers)
    nodes = NodeIndex(held.members[0].model)
    for layer in find_linear_layers(held.snapshot()):
        original = rows(read_original_weights(nodes, layer, held.provenance), layer)
        quantized = rows(read_quantized_weights(nodes, layer), layer)
        np.testing.assert_allclose(quantized.mean(axis=1), original.mean(axis=1), atol=1e-6)
        np.testing.assert_allclose(quantized.std(axis=1), original.std(axis=1), rtol=1e-3)


def test_the_layers_of_a_real_network_keep_their_mean_outputs():
    model, samples = text_direction()
    loader = loader_of(samples)
    original = CompressedModel(graph=model)
    prepare_model(original)
    specs = {layer.name: specify_mean_input(layer) for layer in find_linear_layers(original.snapshot())}
    engine = IEEngine({"device": "CPU"}, loader)
    means = collect_statistics(engine, original, tuple(specs.values()), create_sampler(engine, len(samples)))

    def shifts(held):
        nodes, found = NodeIndex(held.members[0].model), []
        for layer in find_linear_layers(held.snapshot()):
            weights, mean = read_original_weights(nodes, layer, held.provenance), means[specs[layer.name]]
            error, whole = (
                compute_mean_output(layer, values, mean, held.snapshot())
                for values in (weights - read_quantized_weights(nodes, layer), weights)
            )
            found.append(np.linalg.norm(error) / np.linalg.norm(whole))
        return np.array(found)

    wish = {"weights": {"bits": 6, "level_low": -31, "level_high": 31}, "loader": loader}
    plain, _ = corrected(model, "MinMaxQuantization", **wish)
    better, _ = corrected(model, "MinMaxQuantization", "WeightBiasCorrection", **wish)
    assert np.median(shifts(better)) < 0.5 * np.median(shifts(plain))


def test_a_bias_correction_behind_it_sees_the_weights_of_the_original():
    model = tiny_cnn()
    only, _ = corrected(model, "MinMaxQuantization", "FastBiasCorrection")
    both, result = corrected(model, "MinMaxQuantization", "WeightBiasCorrection", "FastBiasCorrection")
    assert result.corrected

    def error(held):
        return np.abs(np.mean([run(held.members[0].model, i[None])[0] - run(model, i[None])[0] for i in images()], 0))

    assert error(both).max() < 1.5 * error(only).max()


def test_behind_a_bias_correction_it_is_refused():
    model = CompressedModel(graph=tiny_cnn())
    before = constant_value(model.members[0].model, "conv1_w")
    names = ("MinMaxQuantization", "FastBiasCorrection", "WeightBiasCorrection")
    pipeline = create_pipeline([{"name": name} for name in names], IEEngine({"device": "CPU"}, labelled_images()))
    with pytest.raises(ConfigError, match="must come before the correction of biases"):
        pipeline.run(model)
    np.testing.assert_array_equal(constant_value(model.members[0].model, "conv1_w"), before)
    assert not model.snapshot().nodes_of_type("FakeQuantize")


def test_it_needs_no_engine_and_says_so_when_nothing_is_quantized(caplog):
    with caplog.at_level(logging.WARNING):
        pipeline = create_pipeline([{"name": "WeightBiasCorrection"}])
        pipeline.run(CompressedModel(graph=tiny_cnn()))
    assert NOTHING_QUANTIZED in caplog.text
    assert pipeline.algo_seq[0].result.layers == ()


def test_a_large_eps_lets_the_spread_go():
    def conv2_of(held):
        return next(layer for layer in find_linear_layers(held.snapshot()) if layer.name == "conv2")

    def spread(eps):
        held = CompressedModel(graph=tiny_cnn())
        entries = [
            {"name": "MinMaxQuantization", "params": {"weights": {"bits": 4, "mode": "asymmetric"}}},
            {"name": "WeightBiasCorrection", "params": {"eps_factor": eps}},
        ]
        create_pipeline(entries, IEEngine({"device": "CPU"}, labelled_images())).run(held)
        layer = conv2_of(held)
        return rows(read_quantized_weights(NodeIndex(held.members[0].model), layer), layer).std(axis=1)

    float_model = CompressedModel(graph=tiny_cnn())
    layer = conv2_of(float_model)
    original = rows(constant_value(NodeIndex(float_model.members[0].model), layer.constant), layer).std(axis=1)
    small, large = (np.abs(spread(eps) - original).max() for eps in (1e-5, 1.0))
    assert small < 0.1 * large


def test_a_bias_correction_of_a_copy_sees_the_weights_of_the_original_too():
    engine = IEEngine({"device": "CPU"}, labelled_images())
    held, _ = corrected(tiny_cnn(), "MinMaxQuantization", "WeightBiasCorrection")
    biases = []
    for model in (held.copy(), held):
        create_pipeline([{"name": "FastBiasCorrection"}], engine).run(model)
        nodes = NodeIndex(model.members[0].model)
        biases.append([find_bias(nodes, layer.name).values for layer in find_linear_layers(model.snapshot())])
    for mine, others in zip(*biases, strict=True):
        np.testing.assert_array_equal(mine, others)

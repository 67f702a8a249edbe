"""Overflow correction: sums of 16-bit products that fit into 32 bits."""

import numpy as np
import pytest

import openvino as ov
from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from openpot.graph.node_index import NodeIndex
from openpot.layers.linear_layer import find_linear_layers
from openpot.layers.quantized_weights import read_quantized_weights
from openpot.pipeline import create_pipeline
from openpot.rewrites.insert_bias import find_bias
from openpot.rewrites.read_limits import read_limits
from openpot.rewrites.remove_fake_quantize import remove_fake_quantize
from openvino import opset13 as op
from toy_engines import ListLoader, labelled_images
from toy_models import images, normal, run, tiny_cnn

LIMIT = 2**31 - 1
WIDTH = 64


def dense(seed=0):
    """data[1,64] of one sign times weights of one sign, plus bias: sums far beyond two products of full size."""
    rng = np.random.default_rng(seed)
    data = op.parameter([1, WIDTH], np.float32, name="data")
    weights = np.abs(normal(rng, 8, WIDTH)) + 0.1
    x = op.matmul(data, op.constant(weights.astype(np.float32), name="fc_w"), False, True, name="fc")
    x = op.add(x, op.constant(normal(rng, 1, 8), name="fc_b"), name="fc_bias")
    return ov.Model([op.result(x, name="result")], [data], "dense")


def positive_samples(count=6):
    rng = np.random.default_rng(1)
    return [rng.uniform(0.2, 1.0, (1, WIDTH)).astype(np.float32) for _ in range(count)]


def quantized(model, loader, *more, target_device="GNA", weights=None):
    held = CompressedModel(graph=model)
    wide = {"weights": weights or {"bits": 16, "mode": "symmetric", "granularity": "pertensor"}}
    entries = [{"name": "MinMaxQuantization", "params": {"target_device": target_device, **wide}}]
    entries += [{"name": name, "params": {"target_device": target_device}} for name in more]
    pipeline = create_pipeline(entries, IEEngine({"device": "CPU"}, loader))
    pipeline.run(held)
    return held, pipeline.algo_seq[-1].result


def integer_sums(held, samples):
    """What the product layer ``fc`` adds up, bias included, computed with 64 bits."""
    nodes, snapshot = NodeIndex(held.members[0].model), held.snapshot()
    (layer,) = find_linear_layers(snapshot)
    weight_scale, data_scale = (read_limits(nodes, name).scale.max() for name in (layer.quantizer, layer.data.node))
    weights = np.rint(read_quantized_weights(nodes, layer).astype(np.float64) / weight_scale).astype(np.int64)
    bias = np.rint(find_bias(nodes, "fc").values / (weight_scale * data_scale)).astype(np.int64)
    return np.array(
        [np.rint(sample.astype(np.float64) / data_scale).astype(np.int64) @ weights.T + bias for sample in samples]
    )


def test_sums_that_overflowed_fit_and_the_outputs_stay():
    model, samples = dense(), positive_samples()
    loader = ListLoader([(sample, None) for sample in samples])
    plain, _ = quantized(model, loader)
    better, result = quantized(model, loader, "OverflowCorrection")
    assert np.abs(integer_sums(plain, samples)).max() > 5 * LIMIT
    # Rounding may add a little.
    assert 0.99 * LIMIT < np.abs(integer_sums(better, samples)).max() <= 1.001 * LIMIT
    assert result.corrected == ("fc",)
    assert result.layers[0].ratio == pytest.approx(result.layers[0].largest_sum)
    for sample in samples:
        before, after = run(plain.members[0].model, sample)[0], run(better.members[0].model, sample)[0]
        np.testing.assert_allclose(after, before, rtol=1e-3)


def test_what_a_32_bit_register_would_hold_is_right_only_with_the_correction():
    model, samples = dense(), positive_samples()
    loader = ListLoader([(sample, None) for sample in samples])

    def share_of_wrong_outputs(held):
        sums = integer_sums(held, samples)
        return np.mean(sums.astype(np.int32) != sums)

    assert share_of_wrong_outputs(quantized(model, loader)[0]) > 0.9
    assert share_of_wrong_outputs(quantized(model, loader, "OverflowCorrection")[0]) < 0.05


def test_a_network_for_gna_keeps_its_outputs():
    model = tiny_cnn()
    better, result = quantized(model, labelled_images(), "OverflowCorrection")
    assert {record.layer for record in result.layers} == {"conv1", "conv2", "fc"}
    assert result.corrected
    for sample in images():
        np.testing.assert_allclose(
            run(better.members[0].model, sample[None])[0], run(model, sample[None])[0], atol=2e-3
        )


def test_a_bias_correction_behind_it_does_not_count_the_division_as_an_error():
    model, samples = dense(), positive_samples()
    loader = ListLoader([(sample, None) for sample in samples])
    held, result = quantized(model, loader, "OverflowCorrection", "FastBiasCorrection")
    assert result.layers[0].magnitude < 1e-3
    np.testing.assert_allclose(run(held.members[0].model, samples[0])[0], run(model, samples[0])[0], rtol=2e-3)


def test_weights_of_8_bits_are_left_alone():
    _, result = quantized(tiny_cnn(), labelled_images(), "OverflowCorrection", target_device="CPU", weights={"bits": 8})
    assert result.layers == ()
    assert result.skipped == {}


def test_layers_whose_data_are_not_quantized_are_told():
    model = dense()
    held, _ = quantized(model, ListLoader([(sample, None) for sample in positive_samples()]))
    layer = find_linear_layers(held.snapshot())[0]
    remove_fake_quantize(held.members[0].model, [layer.data.node], whole_blocks=False)
    pipeline = create_pipeline(
        [{"name": "OverflowCorrection"}],
        IEEngine({"device": "CPU"}, ListLoader([(sample, None) for sample in positive_samples()])),
    )
    pipeline.run(held)
    assert "are not quantized" in pipeline.algo_seq[0].result.skipped["fc"]

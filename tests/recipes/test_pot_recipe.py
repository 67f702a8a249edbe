"""What POT did, part by part."""

import numpy as np
import pytest

import openvino as ov
from openpot.config.algorithms import DefaultQuantizationConfig
from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from openpot.graph.node_index import NodeIndex
from openpot.graph.weights import constant_value
from openpot.pipeline import Pipeline
from openpot.recipes.default_quantization import DefaultQuantization
from openpot.recipes.default_recipe import follows_pot
from openpot.recipes.pot_recipe import PotRecipe
from openvino import opset13 as op
from toy_engines import ListLoader, labelled_images
from toy_models import conv, images, normal, tiny_cnn, worked_example


def quantize(model, samples=6, **params):
    loader = labelled_images(samples)
    algorithm = DefaultQuantization(params, IEEngine({}, loader))
    held = CompressedModel(graph=model)
    assert algorithm.run(held) is held
    return held, algorithm.result, loader


def linear_pair():
    rng = np.random.default_rng(0)
    data = op.parameter([1, 3, 16, 16], np.float32, name="data")
    x = conv(data, normal(rng, 4, 3, 3, 3) * np.float32([[[[1]]], [[[10]]], [[[0.1]]], [[[1]]]]), "first", 1)
    x = conv(x, normal(rng, 4, 4, 1, 1), "second", bias=normal(rng, 4))
    return ov.Model([op.result(x, name="result")], [data], "pair")


def test_pot_placement_gives_the_18_quantizers_of_the_worked_example():
    held, result, _ = quantize(worked_example(), placement="pot")
    assert len(held.snapshot().nodes_of_type("FakeQuantize")) == len(result.min_max.quantizers) == 18
    assert len(result.bias.corrected) == 8


def test_one_pass_serves_ranges_and_biases():
    _, result, loader = quantize(worked_example(), placement="pot")
    assert (result.alignment.pairs, loader.calls) == ((), list(range(6)))


def test_channels_are_aligned_first_with_a_pass_of_their_own():
    _, result, loader = quantize(linear_pair(), placement="pot")
    assert [pair.consumer for pair in result.alignment.pairs] == ["second"]
    assert loader.calls == [*range(6), *range(6)]


def test_pot_placement_aligns_on_all_samples_and_openpots_own_leaves_channels_alone():
    _, _, loader = quantize(linear_pair(), 40, placement="pot")
    assert loader.calls[:40] == list(range(40))
    assert PotRecipe(DefaultQuantizationConfig(use_fast_bias=True), None).alignment is None


@pytest.mark.parametrize(
    ("settings", "as_pot"),
    [({}, False), ({"placement": "pot"}, True), ({"target_device": "GNA3"}, True)],
    ids=["default", "placement", "gna"],
)
def test_gna_and_pots_placement_follow_pot(settings, as_pot):
    config = DefaultQuantizationConfig(**settings)
    assert follows_pot(config) is as_pot
    assert PotRecipe(config, None).aligns_channels is as_pot


def test_the_correction_of_overflows_can_be_left_out():
    config = DefaultQuantizationConfig(target_device="GNA")
    assert PotRecipe(config, None).overflow is not None
    assert PotRecipe(config, None, corrects_overflow=False).overflow is None


def test_aligned_layers_are_halved_as_in_pot():
    _, result, _ = quantize(linear_pair(), placement="pot")
    halved = {record.name for record in result.min_max.quantizers if record.planned.halve_weights}
    assert halved == {"first/fq_weights_1", "second/fq_weights_1"}


def test_statistics_are_collected_for_quantized_layers_only():
    _, result, _ = quantize(tiny_cnn(), ignored={"scope": ["conv2"]}, use_fast_bias=True)
    assert [layer.layer for layer in result.bias.layers] == ["conv1", "fc"]


def test_the_accurate_correction_takes_average_ranges_where_rare_samples_spoil_the_widest():
    samples = images(60)
    samples[1] = samples[1] * 40  # seen by the ranges, but no sample of the correction
    held, params = CompressedModel(graph=tiny_cnn()), {"use_fast_bias": False}
    engine = IEEngine({}, ListLoader([(sample, 0) for sample in samples]))
    pipeline = Pipeline(engine)
    pipeline.add_algo(DefaultQuantization(params, engine))
    pipeline.run(held)
    result = pipeline.algo_seq[0].result
    assert result.bias.other_limits
    index = NodeIndex(held.members[0].model)
    for one in result.min_max.quantizers:
        if one.name in result.min_max.average:
            high = constant_value(index, index.node(one.name).input_value(2))
            np.testing.assert_allclose(high.ravel(), np.ravel(one.limits.input_high), rtol=1e-6)
            assert np.max(one.limits.input_high) < 20


@pytest.mark.parametrize(
    "params", [{"use_fast_bias": True}, {"use_fast_bias": False, "placement": "pot"}], ids=["fast", "pot"]
)
def test_other_bias_corrections_leave_the_ranges_to_the_estimators(params):
    _, result, _ = quantize(tiny_cnn(), **params)
    assert not result.min_max.average

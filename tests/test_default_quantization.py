"""The sequence that suits most networks."""

import numpy as np
import pytest

import openvino as ov
from openpot.algorithms.bias_correction import BiasCorrection
from openpot.algorithms.fast_bias_correction import FastBiasCorrection
from openpot.default_quantization import DefaultQuantization
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import AlreadyQuantizedError, ConfigError
from openpot.graph.model import CompressedModel
from openvino import opset13 as op
from toy_engines import labelled_images
from toy_models import conv, images, normal, run, tiny_cnn, worked_example


def quantize(model, items=6, **params):
    loader = labelled_images(items)
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


@pytest.mark.parametrize("fast", [True, False], ids=["fast", "accurate"])
@pytest.mark.parametrize("placement", ["openpot", "pot"])
def test_the_result_is_close_to_the_original(placement, fast):
    held, _, _ = quantize(worked_example(), placement=placement, use_fast_bias=fast)
    original = worked_example()
    for item in images(5, seed=4):
        expected, found = run(original, item[None])[0], run(held.members[0].model, item[None])[0]
        assert np.abs(found - expected).max() < 0.02


def test_pot_placement_gives_the_18_quantizers_of_the_worked_example():
    held, result, _ = quantize(worked_example(), placement="pot")
    assert len(held.snapshot().of_type("FakeQuantize")) == len(result.min_max.quantizers) == 18
    assert len(result.bias.corrected) == 8


def test_one_pass_serves_ranges_and_biases():
    _, result, loader = quantize(worked_example(), placement="pot")
    assert (result.alignment.pairs, loader.calls) == ((), list(range(6)))


def test_channels_are_aligned_first_with_a_pass_of_their_own():
    _, result, loader = quantize(linear_pair(), placement="pot")
    assert [pair.consumer for pair in result.alignment.pairs] == ["second"]
    assert loader.calls == [*range(6), *range(6)]


def test_pot_placement_aligns_with_all_items():
    assert DefaultQuantization({"placement": "pot"}).alignment.enough_items is None
    assert DefaultQuantization().alignment.enough_items == 32


def test_aligned_layers_are_halved_as_in_pot():
    _, result, _ = quantize(linear_pair(), placement="pot")
    halved = {record.name for record in result.min_max.quantizers if record.planned.halve_weights}
    assert halved == {"first/fq_weights_1", "second/fq_weights_1"}


def test_statistics_are_collected_for_quantized_layers_only():
    _, result, _ = quantize(tiny_cnn(), ignored={"scope": ["conv2"]})
    assert [layer.layer for layer in result.bias.layers] == ["conv1", "fc"]


def test_the_keys_reach_the_parts():
    algorithm = DefaultQuantization(
        {"preset": "mixed", "stat_subset_size": 7, "threshold": 3.5, "seed": 2, "saturation_fix": "no"}
    )
    assert algorithm.min_max.settings.preset == "mixed"
    assert algorithm.min_max.settings.saturation_fix == "no"
    assert algorithm.alignment.settings.stat_subset_size == algorithm.bias.settings.stat_subset_size == 7
    assert algorithm.bias.settings.threshold == 3.5
    assert algorithm.config["preset"] == "mixed"


def test_the_bias_correction_is_chosen_and_has_its_own_default():
    fast, accurate = DefaultQuantization(), DefaultQuantization({"use_fast_bias": False})
    assert (type(fast.bias), fast.bias.settings.threshold) == (FastBiasCorrection, 2.0)
    assert (type(accurate.bias), accurate.bias.settings.threshold) == (BiasCorrection, 1000.0)


def test_new_parameters_reach_the_parts():
    algorithm = DefaultQuantization()
    algorithm.update_config({"use_fast_bias": False, "preset": "mixed"})
    assert isinstance(algorithm.bias, BiasCorrection)
    assert algorithm.min_max.settings.preset == "mixed"


def test_the_plan_needs_no_data():
    held = CompressedModel(graph=tiny_cnn())
    assert len(DefaultQuantization().plan(held).quantizers) == 6
    assert not held.snapshot().of_type("FakeQuantize")


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"target_device": "GNA"}, "needs OverflowCorrection"),
        ({"use_layerwise_tuning": True}, "use_layerwise_tuning"),
    ],
    ids=["GNA", "tuning"],
)
def test_what_does_not_exist_yet_is_refused_at_once(params, message):
    with pytest.raises(ConfigError, match=message):
        DefaultQuantization(params)


def test_the_object_serves_several_models():
    loader = labelled_images(4)
    algorithm = DefaultQuantization({}, IEEngine({}, loader))
    first, second = CompressedModel(graph=tiny_cnn()), CompressedModel(graph=worked_example())
    algorithm.run(first)
    algorithm.run(second)
    assert len(second.snapshot().of_type("FakeQuantize")) == len(algorithm.result.min_max.quantizers)
    with pytest.raises(AlreadyQuantizedError):
        algorithm.run(first)


def test_equal_runs_give_equal_models():
    def constants(held):
        nodes = held.members[0].model.get_ordered_ops()
        return [node.data.tobytes() for node in nodes if node.get_type_name() == "Constant"]

    first, _, _ = quantize(worked_example(), shuffle_data=True, seed=3, stat_subset_size=4)
    second, _, _ = quantize(worked_example(), shuffle_data=True, seed=3, stat_subset_size=4)
    assert constants(first) == constants(second)


def test_the_outputs_decide_about_the_ranges():
    _, result, loader = quantize(worked_example())
    wide = {name: limits.input_high.max() for name, limits in result.min_max.widest.items()}
    used = {record.name: record.limits.input_high.max() for record in result.min_max.quantizers}
    assert wide
    assert set(result.ranges.errors) == {"average", "widest"}
    assert (result.ranges.rule == "widest") == all(used[name] == high for name, high in wide.items())
    assert result.ranges.inferences == 4
    assert loader.calls == [*range(6), 0, 1, 3, 4]


@pytest.mark.parametrize(
    "params",
    [
        {"placement": "pot"},
        {"range_estimator": {"preset": "quantile"}},
        {"activations": {"range_estimator": {"max": {"aggregator": "max"}}}},
        {"stat_batch_size": 2},
    ],
    ids=["pot", "estimator for all", "estimator of activations", "batches"],
)
def test_ranges_that_were_asked_for_are_kept(params):
    model = tiny_cnn(batch=-1) if "stat_batch_size" in params else worked_example()
    _, result, _ = quantize(model, **params)
    assert (result.ranges, dict(result.min_max.widest)) == (None, {})

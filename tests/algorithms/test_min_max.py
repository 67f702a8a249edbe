"""Min-max quantization of whole models."""

import numpy as np
import pytest

import openvino as ov
from openpot.algorithms.context import PipelineContext
from openpot.algorithms.min_max import NOTHING_QUANTIZED, MinMaxQuantization
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import AlreadyQuantizedError, DataError, ModelError
from openpot.graph.model import CompressedModel
from openpot.graph.model_digest import model_digest
from openpot.graph.node_index import NodeIndex
from openpot.graph.weights import constant_value
from openpot.placement.plan import QuantizerKind
from openvino import opset13 as op
from toy_engines import ListLoader, labelled_images
from toy_models import conv, images, normal, run, tiny_cnn, worked_example


def quantize(model, loader=None, **params):
    algorithm = MinMaxQuantization(params, IEEngine({}, loader or labelled_images()))
    held = CompressedModel(graph=model)
    assert algorithm.run(held) is held
    return held, algorithm.result


def limits(result, name):
    found = next(record.limits for record in result.quantizers if record.name == name)
    return found.input_low, found.input_high


def per_sample(model, tensor):
    """The values of a tensor for every sample of ``labelled_images()``."""
    node = next(node for node in model.get_ops() if node.get_friendly_name() == tensor)
    tapped = ov.Model([node], model.get_parameters(), "tapped")
    return [run(tapped, sample[None])[0] for sample in images(6)]


def test_pot_placement_gives_the_quantizers_of_the_worked_example():
    _, result = quantize(worked_example(), placement="pot")
    weights = {record.name for record in result.quantizers if record.planned.kind == QuantizerKind.WEIGHTS}
    assert len(weights) == 8
    assert {record.name for record in result.quantizers} - weights == {
        "conv1/fq_input_0", "dw/fq_input_0", "conv2/fq_input_0", "conv3/fq_input_0", "res/fq_input_1",
        "conv4/fq_input_0", "concat/fq_input_0", "concat/fq_input_1", "gap/fq_input_0", "flat/fq_input_0",
    }  # fmt: skip


def test_pot_placement_gives_the_ranges_of_pots_formulas():
    model = worked_example()
    _, result = quantize(model, placement="pot")
    low, high = limits(result, "conv1/fq_input_0")
    magnitude = np.mean([np.abs(sample).max() for sample in images(6)])
    np.testing.assert_allclose([low, high], [-magnitude * 256 / 254, magnitude], rtol=1e-6)
    low, high = limits(result, "dw/fq_input_0")
    np.testing.assert_array_equal(low, 0.0)
    np.testing.assert_allclose(
        high, np.max([v.max(axis=(0, 2, 3)) for v in per_sample(model, "relu1")], axis=0), rtol=1e-5
    )
    low, high = limits(result, "conv2/fq_input_0")
    np.testing.assert_allclose([low, high], [0, np.mean([v.max() for v in per_sample(model, "relu6")])], rtol=1e-5)
    _, high = limits(result, "conv1/fq_weights_1")
    assert high[0] == pytest.approx(0.6975, abs=1e-4)


def test_quantizers_of_a_concat_share_their_limits():
    _, result = quantize(worked_example())
    assert limits(result, "concat/fq_input_0") == limits(result, "concat/fq_input_1")


def test_mixed_preset_gives_asymmetric_activations():
    model = worked_example()
    _, result = quantize(model, preset="mixed", placement="pot")
    low, high = limits(result, "gap/fq_input_0")
    swish = per_sample(model, "swish")
    np.testing.assert_allclose(low, np.mean([v.min() for v in swish]), rtol=1e-5)
    zero_point = np.rint(-low * 255 / (np.mean([v.max() for v in swish]) - low))
    np.testing.assert_allclose(high, -low / zero_point * (255 - zero_point), rtol=1e-5)


def test_range_estimators_of_the_user_are_followed():
    estimator = {"max": {"type": "quantile", "outlier_prob": 0.1, "aggregator": "max"}}
    _, result = quantize(worked_example(), activations={"range_estimator": estimator})
    low, high = limits(result, "conv1/fq_input_0")
    # Zero becomes a level, which moves one end by less than a step.
    np.testing.assert_allclose(high, max(np.quantile(sample, 0.9) for sample in images(6)), atol=(high - low) / 255)


def test_weights_and_activations_have_estimators_of_their_own():
    estimator = {"preset": "quantile", "max": {"outlier_prob": 0.2}}
    _, plain = quantize(tiny_cnn(), saturation_fix="no")
    _, result = quantize(tiny_cnn(), saturation_fix="no", weights={"range_estimator": estimator})
    assert (limits(result, "conv1/fq_weights_1")[1] < limits(plain, "conv1/fq_weights_1")[1]).all()
    assert limits(result, "conv1/fq_input_0") == limits(plain, "conv1/fq_input_0")


def test_overrides_change_bits_and_levels():
    held, result = quantize(
        tiny_cnn(), placement="pot", weights={"bits": 4, "level_low": -7, "level_high": 7}, activations={"bits": 4}
    )
    levels = {record.planned.kind.value: record.limits.levels for record in result.quantizers}
    assert levels == {"weights": 15, "activations": 16}
    assert {node.attributes["levels"] for node in held.snapshot().nodes_of_type("FakeQuantize")} == {15, 16}


def test_the_quantized_model_is_close_to_the_original():
    held, _ = quantize(tiny_cnn())
    for sample in images(4, seed=9):
        expected, found = run(tiny_cnn(), sample[None])[0], run(held.members[0].model, sample[None])[0]
        assert np.abs(found - expected).max() < 0.05 * np.abs(expected).max()


def test_halved_weights_compute_the_same_with_half_the_levels():
    held, _ = quantize(worked_example(), placement="pot")
    nodes = NodeIndex(held.members[0].model)
    quantizer = nodes.node("conv1/fq_weights_1")
    weights = constant_value(nodes, quantizer.input_value(0))
    high = constant_value(nodes, quantizer.input_value(2))
    np.testing.assert_allclose(high.ravel(), 2 * np.abs(weights).max(axis=(1, 2, 3)), rtol=1e-6)


def test_aligned_layers_of_an_earlier_algorithm_are_halved_too():
    algorithm = MinMaxQuantization({"placement": "pot"}, IEEngine({}, labelled_images()))
    algorithm.receive_context(PipelineContext(aligned_layers=frozenset({"conv3"})))
    algorithm.run(CompressedModel(graph=worked_example()))
    halved = {record.name for record in algorithm.result.quantizers if record.planned.halve_weights}
    assert halved == {"conv1/fq_weights_1", "conv3/fq_weights_1"}


def test_the_plan_needs_no_data_and_changes_nothing():
    algorithm = MinMaxQuantization()
    held = CompressedModel(graph=tiny_cnn())
    plan = algorithm.plan(held)
    assert {quantizer.name for quantizer in plan.quantizers_of_kind(QuantizerKind.WEIGHTS)} == {
        "conv1/fq_weights_1", "conv2/fq_weights_1", "fc/fq_weights_1",
    }  # fmt: skip
    assert not held.snapshot().nodes_of_type("FakeQuantize")


def test_the_plan_follows_new_parameters():
    algorithm = MinMaxQuantization()
    held = CompressedModel(graph=tiny_cnn())
    before = algorithm.plan(held)
    algorithm.update_config({"ignored": {"scope": ["conv1"]}})
    assert len(algorithm.plan(held).quantizers) < len(before.quantizers)


def test_one_pass_over_the_asked_samples():
    loader = labelled_images(6)
    quantize(tiny_cnn(), loader, stat_subset_size=4)
    assert loader.calls == [0, 1, 2, 3]


def test_quantizing_twice_is_refused():
    held, _ = quantize(tiny_cnn())
    algorithm = MinMaxQuantization({}, IEEngine({}, labelled_images()))
    with pytest.raises(AlreadyQuantizedError):
        algorithm.run(held)


def test_nan_in_weights_names_the_constant():
    model = tiny_cnn()
    rng = np.random.default_rng(0)
    weights = normal(rng, 8, 3, 3, 3)
    weights[0, 0, 0, 0] = np.nan
    data = op.parameter([1, 3, 16, 16], np.float32, name="data")
    model = ov.Model([op.result(op.relu(conv(data, weights, "conv1", 1)))], [data], "m")
    with pytest.raises((ModelError, DataError), match="conv1"):
        quantize(model)


def test_dead_tensors_get_a_range_and_a_warning():
    data = op.parameter([1, 3, 16, 16], np.float32, name="data")
    dead = op.relu(op.subtract(data, op.constant(np.float32(1e4), name="much"), name="minus"), name="dead")
    rng = np.random.default_rng(0)
    model = ov.Model([op.result(conv(dead, normal(rng, 4, 3, 3, 3), "conv"))], [data], "m")
    _, result = quantize(model)
    low, high = limits(result, "conv/fq_input_0")
    assert (low, high) == (0.0, 1.0)
    assert any("dead" in warning and "zero" in warning for warning in result.warnings)


def test_a_model_with_nothing_to_quantize_is_returned_with_a_warning(caplog):
    held, result = quantize(tiny_cnn(), ignored={"skip_model": True})
    assert not held.snapshot().nodes_of_type("FakeQuantize")
    assert result.warnings[-1] == caplog.messages[-1] == NOTHING_QUANTIZED


def test_the_intermediate_model_can_be_kept(tmp_path):
    quantize(tiny_cnn(), dump_intermediate_model=True, exec_log_dir=str(tmp_path))
    assert (tmp_path / "optimized" / "tiny.xml").exists()


def test_samples_that_cannot_be_used_are_named():
    broken = images(3)
    broken[1][0, 0, 0] = np.nan
    with pytest.raises(DataError, match="sample 1"):
        quantize(tiny_cnn(), ListLoader([(image, None) for image in broken]))


def test_batches_do_not_change_the_ranges():
    _, single = quantize(tiny_cnn(batch=-1))
    _, batched = quantize(tiny_cnn(batch=-1), stat_batch_size=3)
    for name in ("conv1/fq_input_0", "conv2/fq_input_0", "fc/fq_input_0"):
        np.testing.assert_allclose(limits(single, name), limits(batched, name), rtol=1e-5)


def test_quantizers_behind_operations_take_overrides_of_their_own():
    def levels(**params):
        held = CompressedModel(graph=tiny_cnn())
        algorithm = MinMaxQuantization({"target_device": "GNA", **params}, IEEngine({}, labelled_images(4)))
        algorithm.run(held)
        kinds = {one.name: one.planned.kind for one in algorithm.result.quantizers}
        nodes = held.snapshot().nodes_of_type("FakeQuantize")
        return {(str(kinds[node.name]), node.name): node.attributes["levels"] for node in nodes}

    plain, narrow = levels(), levels(outputs={"bits": 8})
    changed = {key for key in plain if plain[key] != narrow[key]}
    assert changed == {key for key in plain if key[0] == "outputs"}
    assert {plain[key] for key in changed} == {2**16}
    assert {narrow[key] for key in changed} == {2**8}


def test_whether_statistics_are_taken_inside_the_model_changes_nothing():
    digests = set()
    for inside in (True, False):
        held = CompressedModel(graph=tiny_cnn())
        MinMaxQuantization({"inplace_statistics": inside}, IEEngine({}, labelled_images(4))).run(held)
        digests.add(model_digest(held.members[0].model))
    assert len(digests) == 1


def test_a_result_follows_other_limits_and_what_goes_back_to_float():
    _, result = quantize(tiny_cnn())
    first, second = result.quantizers[:2]
    changed = result.replace_limits({first.name: second.limits})
    assert [one.limits for one in changed.quantizers] == [second.limits, *(one.limits for one in result.quantizers[1:])]
    reverted = changed.revert_to_float({"conv1": "too noisy"}, {first.name})
    assert [one.name for one in reverted.quantizers] == [one.name for one in result.quantizers[1:]]
    assert [one.name for one in reverted.plan.quantizers] == [one.name for one in result.plan.quantizers[1:]]
    assert [one.reason for one in reverted.plan.decisions if not one.quantized] == ["too noisy"]
    assert [one.name for one in result.quantizers] == [one.name for one in result.plan.quantizers]

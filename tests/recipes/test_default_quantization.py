"""The sequence that suits most networks."""

import numpy as np
import pytest

import openvino as ov
from openpot.algorithms.bias_correction import BiasCorrection
from openpot.algorithms.fast_bias_correction import FastBiasCorrection
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import AlreadyQuantizedError, ConfigError
from openpot.graph.model import CompressedModel
from openpot.graph.node_index import NodeIndex
from openpot.graph.read import read_model
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.graph.weights import constant_value
from openpot.measure.compare_outputs import compare_outputs
from openpot.pipeline import Pipeline
from openpot.recipes.default_quantization import (
    MIN_TRIAL_ITEMS,
    DefaultQuantization,
    fixed_batch_size,
    trial_size,
)
from openpot.statistics.calibration_subset import evenly_spaced
from openpot.trial.judged_outputs import judged_tensors
from openvino import opset13 as op
from real_networks import fetch, lines_of_text, loader_of, text_direction
from toy_engines import ListLoader, labelled_images
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


def test_pot_placement_aligns_with_all_items_and_openpots_own_leaves_channels_alone():
    assert DefaultQuantization({"placement": "pot"}).alignment.enough_items is None
    assert DefaultQuantization().alignment is None


def test_aligned_layers_are_halved_as_in_pot():
    _, result, _ = quantize(linear_pair(), placement="pot")
    halved = {record.name for record in result.min_max.quantizers if record.planned.halve_weights}
    assert halved == {"first/fq_weights_1", "second/fq_weights_1"}


def test_statistics_are_collected_for_quantized_layers_only():
    _, result, _ = quantize(tiny_cnn(), ignored={"scope": ["conv2"]}, use_fast_bias=True)
    assert [layer.layer for layer in result.bias.layers] == ["conv1", "fc"]


def test_the_keys_reach_the_parts():
    algorithm = DefaultQuantization(
        {
            "preset": "mixed",
            "stat_subset_size": 7,
            "threshold": 3.5,
            "seed": 2,
            "saturation_fix": "no",
            "placement": "pot",
        }
    )
    assert algorithm.min_max.settings.preset == "mixed"
    assert algorithm.min_max.settings.saturation_fix == "no"
    assert algorithm.alignment.settings.stat_subset_size == algorithm.bias.settings.stat_subset_size == 7
    assert algorithm.bias.settings.threshold == 3.5
    assert algorithm.config["preset"] == "mixed"


@pytest.mark.parametrize(
    ("params", "kind", "threshold"),
    [
        ({"use_fast_bias": True}, FastBiasCorrection, 2.0),
        ({"use_fast_bias": False}, BiasCorrection, 1000.0),
        ({"placement": "pot"}, FastBiasCorrection, 2.0),
    ],
    ids=["fast", "accurate", "pot"],
)
def test_a_bias_correction_that_is_asked_for_takes_the_place_of_the_evidence(params, kind, threshold):
    algorithm = DefaultQuantization(params)
    assert (type(algorithm.bias), algorithm.bias.settings.threshold) == (kind, threshold)
    _, result, _ = quantize(tiny_cnn(), **params)
    assert result.evidence is None
    assert result.bias is not None


def test_the_accurate_correction_takes_average_ranges_where_rare_items_spoil_the_widest():
    items = images(60)
    items[1] = items[1] * 40  # seen by the ranges, but no item of the correction
    held, params = CompressedModel(graph=tiny_cnn()), {"use_fast_bias": False}
    engine = IEEngine({}, ListLoader([(item, 0) for item in items]))
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


def test_by_default_the_evidence_decides_about_biases():
    assert DefaultQuantization().bias is None
    _, result, _ = quantize(tiny_cnn())
    assert (result.alignment, result.bias) == (None, None)
    assert result.evidence.judges == 2


def test_new_parameters_reach_the_parts():
    algorithm = DefaultQuantization()
    algorithm.update_config({"use_fast_bias": False, "preset": "mixed"})
    assert isinstance(algorithm.bias, BiasCorrection)
    assert algorithm.min_max.settings.preset == "mixed"


def test_the_plan_needs_no_data():
    held = CompressedModel(graph=tiny_cnn())
    assert len(DefaultQuantization().plan(held).quantizers) == 6
    assert not held.snapshot().of_type("FakeQuantize")


def test_a_rate_that_cannot_be_is_refused_at_once():
    with pytest.raises(ConfigError, match="weights_lr"):
        DefaultQuantization({"weights_lr": -1})


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


def test_the_items_of_the_trial_are_spread_evenly_over_the_calibration_items():
    assert evenly_spaced(4, 6) == [0, 1, 2, 3]
    assert evenly_spaced(10, 5) == [0, 2, 4, 6, 8]
    assert evenly_spaced(7, 3) == [0, 2, 4]
    _, _, loader = quantize(tiny_cnn(), 50, stat_subset_size=45)
    assert loader.calls[:45] == list(range(45))
    assert loader.calls[45:] == evenly_spaced(45, 15)
    assert len(loader.calls) == 45 + 15


@pytest.mark.parametrize(
    ("params", "used"), [({}, 64), ({"early_stop": False}, 100), ({"use_fast_bias": True}, 100)], ids=str
)
def test_calibration_ends_early_on_items_that_bring_nothing_new(params, used):
    loader = ListLoader([(item, None) for item in images(10) * 10])
    algorithm = DefaultQuantization(params, IEEngine({}, loader))
    algorithm.run(CompressedModel(graph=tiny_cnn()))
    assert algorithm.min_max.inferences_observed == used


def test_calibration_that_ended_early_gives_the_same_bytes_whatever_the_number_of_requests(tmp_path):
    files = []
    for requests in (1, 4):
        loader = ListLoader([(item, None) for item in images(10) * 10])
        held = CompressedModel(graph=tiny_cnn())
        DefaultQuantization({}, IEEngine({"stat_requests_number": requests}, loader)).run(held)
        held.save(tmp_path / str(requests), "model")
        files.append([(tmp_path / str(requests) / f"model.{end}").read_bytes() for end in ("xml", "bin")])
    assert files[0] == files[1]


def test_shuffled_items_are_tried_in_the_order_in_which_they_were_drawn():
    _, _, loader = quantize(tiny_cnn(), 20, shuffle_data=True, seed=3, stat_subset_size=8)
    assert loader.calls[8:] == loader.calls[:8]
    assert sorted(loader.calls[:8]) != list(range(8))


@pytest.mark.parametrize(("available", "tried"), [(5, 10), (12, 10), (32, 10), (45, 15), (60, 20), (300, 20)])
def test_a_third_of_the_items_is_tried_within_bounds(available, tried):
    assert trial_size(available) == tried


@pytest.mark.parametrize("items", [1, MIN_TRIAL_ITEMS - 1])
def test_too_few_items_decide_nothing(items):
    held, result, _ = quantize(tiny_cnn(), items)
    assert result.evidence is None
    assert len(held.snapshot().of_type("FakeQuantize")) == len(result.min_max.quantizers) == 6


def test_engines_that_keep_their_data_to_themselves_get_the_fast_bias_correction():
    class Own(IEEngine):
        def _process_batch(self, batch):
            return super()._process_batch(batch)

    algorithm = DefaultQuantization({}, Own({}, labelled_images()))
    held = CompressedModel(graph=tiny_cnn())
    algorithm.run(held)
    assert isinstance(algorithm.bias, FastBiasCorrection)
    assert (algorithm.result.evidence, len(algorithm.result.bias.layers)) == (None, 3)
    assert held.snapshot().of_type("FakeQuantize")


def test_a_model_that_takes_two_items_at_a_time_is_tried_with_two():
    _, result, _ = quantize(tiny_cnn(batch=2), 12, stat_batch_size=2)
    assert (fixed_batch_size(tiny_cnn(batch=2), 2), fixed_batch_size(tiny_cnn(batch=-1), 2)) == (2, 1)
    assert result.evidence.judges == 2  # of six pairs


@pytest.mark.parametrize(
    "params",
    [
        {"range_estimator": {"preset": "quantile"}},
        {"activations": {"range_estimator": {"max": {"aggregator": "max"}}}},
        {"stat_batch_size": 2},
    ],
    ids=["estimator for all", "estimator of activations", "batches"],
)
def test_ranges_that_were_asked_for_are_kept(params):
    model = tiny_cnn(batch=-1) if "stat_batch_size" in params else worked_example()
    _, result, _ = quantize(model, max_output_error=float("inf"), **params)
    assert dict(result.min_max.average) == {}
    assert (result.evidence.rule, "average" in result.evidence.errors) == ("widest", False)


def saved(tmp_path, name, requests, params=(), model=tiny_cnn):
    """The bytes of both files of a quantized model."""
    held = CompressedModel(graph=model())
    engine = IEEngine({"stat_requests_number": requests}, labelled_images(12))
    DefaultQuantization(dict(params), engine).run(held)
    held.save(tmp_path / name)
    return [next((tmp_path / name).rglob(f"*{suffix}")).read_bytes() for suffix in (".xml", ".bin")]


@pytest.mark.parametrize("params", [{}, {"max_output_error": 0.03}], ids=["default", "with repair"])
def test_equal_runs_save_equal_files_whatever_the_number_of_requests(tmp_path, params):
    first, *others = (saved(tmp_path, f"{n}_{count}", n, params) for count, n in enumerate((1, 1, 4, 4)))
    assert all(other == first for other in others)


def exact_model():
    """Weights and data whose values are levels of their quantizers: INT8 loses nothing."""
    rng = np.random.default_rng(0)
    weights = rng.integers(-127, 128, (4, 16)).astype(np.float32)
    weights[:, 0] = 127  # every row uses the whole range
    data = op.parameter([1, 16], np.float32, name="data")
    product = op.matmul(data, op.constant(weights, name="w"), False, True, name="fc")
    return ov.Model([op.result(product, name="result")], [data], "exact")


def test_a_model_that_is_exact_in_int8_gets_no_shifts():
    rng = np.random.default_rng(1)
    items = [rng.integers(0, 256, 16).astype(np.float32) for _ in range(12)]
    for item in items:
        item[:2] = 0, 255
    algorithm = DefaultQuantization(
        {"saturation_fix": "no"}, IEEngine({}, ListLoader([(item, None) for item in items]))
    )
    held = CompressedModel(graph=exact_model())
    algorithm.run(held)
    evidence = algorithm.result.evidence
    assert (evidence.rule, dict(evidence.shifts), evidence.repair) == ("widest", {}, None)
    assert evidence.error < 1e-6
    assert len(held.snapshot().of_type("FakeQuantize")) == 2
    assert [node.name for node in held.snapshot().of_type("Add")] == []


def notes(count, seed=0):
    """Two seconds of one to four plucked tones each, shape (43844, 1)."""
    rng = np.random.default_rng(seed)
    time = np.arange(43844) / 22050
    items = []
    for _ in range(count):
        sound = np.zeros_like(time)
        for _ in range(rng.integers(1, 5)):
            pitch, start = 440 * 2 ** (rng.integers(-24, 24) / 12), rng.uniform(0, 1.5)
            tone = sum(np.sin(2 * np.pi * pitch * harmonic * time) / harmonic for harmonic in (1, 2, 3))
            sound += (time > start) * np.exp(-3 * np.clip(time - start, 0, None)) * tone * rng.uniform(0.05, 0.3)
        items.append(sound.astype(np.float32)[:, None])
    return items


def errors_on_other_items(model, items, others, **params):
    """The worst error after MinMaxQuantization and after DefaultQuantization, and the latter's evidence."""
    judged = [tensor.node for tensor in judged_tensors(snapshot_from_model(model))]

    def cut(whole):
        nodes = {node.get_friendly_name(): node for node in whole.get_ops()}
        return ov.Model([op.result(nodes[name]) for name in judged], whole.get_parameters(), "cut")

    errors, algorithm = [], None
    for kind, own in ((MinMaxQuantization, {}), (DefaultQuantization, params)):
        held = CompressedModel(graph=model.clone())
        algorithm = kind(own, IEEngine({}, loader_of(items)))
        algorithm.run(held)
        models = cut(model.clone()), cut(held.members[0].model.clone())
        distances = compare_outputs(*models, [{0: item[None]} for item in others])
        errors.append(max(distance.relative for distance in distances))
    return *errors, algorithm.result.evidence


def test_a_real_network_that_min_max_alone_ruins_is_mended_by_few_operations_in_float():
    model = read_model(fetch("basic-pitch-onnx"))
    min_max, default, evidence = errors_on_other_items(model, notes(18), notes(6, seed=1))
    assert min_max > 0.5
    assert default < 0.15
    assert 1 <= len(evidence.repair.units) <= 4


def test_a_real_network_within_the_budget_comes_closer_to_the_original_all_the_same():
    items = lines_of_text(64)
    min_max, default, evidence = errors_on_other_items(text_direction()[0], items[:40], items[40:])
    assert evidence.repair is None
    assert evidence.error < min(0.15, evidence.errors["widest"])
    assert default < 0.95 * min_max


def test_a_smaller_budget_costs_operations_and_is_kept():
    items = lines_of_text(72)
    budget = {"max_output_error": 0.05}
    min_max, default, evidence = errors_on_other_items(text_direction()[0], items[:36], items[36:], **budget)
    assert evidence.error <= 0.05
    assert 0 < len(evidence.repair.units) < 30
    assert default < 0.5 * min_max

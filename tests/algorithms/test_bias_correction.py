"""Sequential bias correction."""

from dataclasses import replace

import numpy as np
import pytest

from openpot.algorithms.bias_correction import NO_HELP, BiasCorrection
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from openpot.graph.node_index import NodeIndex
from openpot.graph.weights import constant_value
from openpot.layers import fitted_shifts
from openpot.pipeline import Pipeline
from openpot.placement.plan import QuantizerKind
from openpot.rewrites.set_limits import set_limits
from toy_engines import labelled_images
from toy_models import images, run, tiny_cnn, worked_example

COARSE = {"weights": {"bits": 4, "level_low": -7, "level_high": 7}, "activations": {"bits": 16}}


def corrected(model, samples=10, **params):
    """The model with coarse weights, uncorrected and corrected, and the record of the correction."""
    loader = labelled_images(samples)
    engine = IEEngine({}, loader)
    plain, held = CompressedModel(graph=model), CompressedModel(graph=model)
    MinMaxQuantization(COARSE, engine).run(plain)
    loader.calls.clear()
    pipeline = Pipeline(engine)
    pipeline.add_algo(MinMaxQuantization(COARSE, engine))
    pipeline.add_algo(BiasCorrection(params, engine))
    pipeline.run(held)
    return plain, held, pipeline.algo_seq[1].result, loader


def compute_mean_output(held, samples):
    return np.mean([run(held.members[0].model, sample[None])[0] for sample in samples], axis=0)


def test_the_mean_output_comes_back():
    model = tiny_cnn()
    plain, held, result, _ = corrected(model, samples=60)
    assert result.corrected == ("conv1", "conv2", "fc")
    samples = images(60)
    expected = compute_mean_output(CompressedModel(graph=model), samples)
    before, after = (np.abs(compute_mean_output(found, samples) - expected).max() for found in (plain, held))
    assert after < 0.3 * before


def test_two_passes_over_a_fifth_of_the_samples_serve_all_layers():
    _, _, result, loader = corrected(worked_example())
    assert len(result.corrected) == 8
    assert result.passes == 2, "one over the original, one over the quantized model"
    # Ten samples for the ranges; two of them, which both models get, for the biases.
    assert loader.calls == [*range(10), 0, 5]


def test_at_least_one_sample_is_used():
    *_, loader = corrected(tiny_cnn(), samples=3)
    assert loader.calls == [0, 1, 2, 0]


def test_activations_stay_quantized_in_the_result():
    plain, held, _, _ = corrected(tiny_cnn())

    def quantizers(found):
        return {node.name for node in found.snapshot().nodes_of_type("FakeQuantize")}

    assert quantizers(held) == quantizers(plain)


def test_only_chosen_layers_are_corrected():
    engine = IEEngine({}, labelled_images(5))
    held = CompressedModel(graph=tiny_cnn())
    original = held.copy()
    MinMaxQuantization(COARSE, engine).run(held)
    assert BiasCorrection({}, engine).correct(held, original, layers={"conv2"}).corrected == ("conv2",)


def test_implausible_shifts_are_refused():
    _, _, result, _ = corrected(tiny_cnn(), threshold=1e-9)
    assert (result.corrected, len(result.layers)) == ((), 3)


def test_a_quantized_model_can_be_corrected_later():
    engine = IEEngine({}, labelled_images(30))
    model = tiny_cnn()
    held = CompressedModel(graph=model)
    MinMaxQuantization(COARSE, engine).run(held)
    samples = images(30)
    expected = compute_mean_output(CompressedModel(graph=model), samples)
    before = np.abs(compute_mean_output(held, samples) - expected).max()
    algorithm = BiasCorrection({}, engine)
    algorithm.run(held)
    assert algorithm.result.corrected == ("conv1", "conv2", "fc")
    assert np.abs(compute_mean_output(held, samples) - expected).max() < 0.5 * before


def test_models_in_floating_point_cost_no_pass():
    loader = labelled_images(5)
    algorithm = BiasCorrection({}, IEEngine({}, loader))
    algorithm.run(CompressedModel(graph=tiny_cnn()))
    assert (algorithm.result.layers, loader.calls) == ((), [])


def outputs(model, samples):
    return np.concatenate([run(model, sample[None])[0] for sample in samples])


def test_samples_without_a_part_in_the_fit_see_the_outputs_come_closer():
    model, fresh = tiny_cnn(), images(20, seed=77)
    plain, held, result, _ = corrected(model, samples=60)
    assert result.error_after < result.error_before
    wanted = outputs(model, fresh)
    before, after = (np.square(outputs(found.members[0].model, fresh) - wanted).mean() for found in (plain, held))
    assert after < 0.8 * before


def test_biases_stay_where_other_samples_see_no_gain(monkeypatch):
    monkeypatch.setattr(fitted_shifts, "compute_shrunk_mean", lambda rows: rows.mean(axis=0) + 1)  # a fit gone wrong
    plain, held, result, _ = corrected(tiny_cnn(), samples=60)
    assert result.error_after > result.error_before
    assert {layer.reason for layer in result.layers} == {NO_HELP}
    np.testing.assert_array_equal(outputs(plain.members[0].model, images(2)), outputs(held.members[0].model, images(2)))


def test_few_samples_are_not_judged():
    _, _, result, _ = corrected(tiny_cnn(), samples=10)
    assert (result.error_before, result.error_after) == (None, None)
    assert result.corrected == ("conv1", "conv2", "fc")


def scaled(limits, factor):
    ends = {end: getattr(limits, end) * factor for end in ("input_low", "input_high", "output_low", "output_high")}
    return replace(limits, **ends)


@pytest.mark.parametrize(("factor", "taken"), [(1 / 8, True), (8, False)], ids=["finer", "coarser"])
def test_other_limits_are_taken_if_the_outputs_come_closer_with_them(factor, taken):
    engine, model = IEEngine({}, labelled_images(60)), tiny_cnn()
    held = CompressedModel(graph=model)
    quantization = MinMaxQuantization({"activations": {"bits": 6}}, engine)
    quantization.run(held)
    own = {one.name: one.limits for one in quantization.result.quantizers if one.planned.kind != QuantizerKind.WEIGHTS}
    if taken:
        set_limits(held.members[0].model, {name: scaled(limits, 8) for name, limits in own.items()})
        offered = own
    else:
        offered = {name: scaled(limits, factor) for name, limits in own.items()}
    result = BiasCorrection({}, engine).correct(held, CompressedModel(graph=model), other_limits=offered)
    assert (result.other_limits, result.passes) == (taken, 3)
    index = NodeIndex(held.members[0].model)
    for name, limits in own.items():
        high = constant_value(index, index.node(name).input_value(2))
        np.testing.assert_allclose(high.ravel(), np.ravel(limits.input_high), rtol=1e-6)


def test_later_statistics_must_be_collected_anew():
    assert BiasCorrection().change_original_model


def test_layers_with_float_weights_are_corrected_where_all_are_asked_for():
    wish = {**COARSE, "ignored": {"scope": ["fc"]}}

    def result(**params):
        engine = IEEngine({}, labelled_images(10))
        pipeline = Pipeline(engine)
        pipeline.add_algo(MinMaxQuantization(wish, engine))
        pipeline.add_algo(BiasCorrection(params, engine))
        held = pipeline.run(CompressedModel(graph=tiny_cnn()))
        return held, pipeline.algo_seq[1].result

    _, few = result()
    _, every = result(apply_for_all_nodes=True)
    assert set(few.corrected) == {"conv1", "conv2"}
    assert set(every.corrected) == {"conv1", "conv2", "fc"}

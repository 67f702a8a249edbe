"""Magnitude sparsity: the smallest weights become zero."""

import numpy as np
import pytest

import openvino as ov
from openpot.algorithms.magnitude_sparsity import find_prunable_layers
from openpot.config.sparsity import MagnitudeSparsityConfig
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import AlreadyQuantizedError, UnknownNameError
from openpot.graph.model import CompressedModel
from openpot.graph.node_index import NodeIndex
from openpot.graph.weights import constant_value
from openpot.layers.linear_layer import find_linear_layers
from openpot.pipeline import create_pipeline
from openpot.rewrites.compress_weights import compress_model_weights
from openvino import opset13 as op
from toy_engines import labelled_images
from toy_models import images, normal, run, tiny_cnn, worked_example


def pruned(model, level=0.5, **params):
    held = CompressedModel(graph=model)
    pipeline = create_pipeline([{"name": "MagnitudeSparsity", "params": {"sparsity_level": level, **params}}])
    pipeline.run(held)
    return held, pipeline.algo_seq[0].result


def weights_of(held):
    nodes = NodeIndex(held.members[0].model)
    return {layer.name: constant_value(nodes, layer.constant) for layer in find_linear_layers(held.snapshot())}


@pytest.mark.parametrize("correct", [True, False])
@pytest.mark.parametrize("level", [0.3, 0.8])
def test_the_level_is_met_over_all_layers(level, correct):
    held, result = pruned(worked_example(), level, correct_weight_bias=correct)
    values = np.concatenate([weights.ravel() for weights in weights_of(held).values()])
    assert np.mean(values == 0) == pytest.approx(level, abs=0.01)
    assert result.rate == pytest.approx(np.mean(values == 0))
    assert {one.layer: one.rate for one in result.layers} == {
        name: pytest.approx(np.mean(weights == 0)) for name, weights in weights_of(held).items()
    }


def test_small_layers_lose_less_relative_to_their_norm():
    _, result = pruned(worked_example())
    rates = {one.layer: one.rate for one in result.layers}
    assert rates["dw"] < 0.3 < rates["conv4"]
    assert max(rates, key=rates.get) == "conv4"


def test_without_norms_the_first_convolution_stays_whole():
    held, result = pruned(worked_example(), normed_threshold=False)
    assert np.all(weights_of(held)["conv1"] != 0)
    assert "first convolutions" in result.skipped["conv1"]
    assert "conv1" not in {one.layer for one in result.layers}


def test_what_is_left_without_correction_is_what_was_there():
    before = weights_of(pruned(tiny_cnn(), 0.0)[0])
    for name, weights in weights_of(pruned(tiny_cnn(), correct_weight_bias=False)[0]).items():
        kept = weights != 0
        np.testing.assert_array_equal(weights[kept], before[name][kept])
        assert np.abs(before[name][~kept]).max(initial=0) <= np.abs(before[name][kept]).min()


def test_filters_keep_their_mean_and_spread():
    before, after = weights_of(pruned(tiny_cnn(), 0.0)[0]), weights_of(pruned(tiny_cnn())[0])
    for name in ("conv1", "conv2"):
        axes = tuple(range(1, before[name].ndim))
        np.testing.assert_allclose(after[name].mean(axes), before[name].mean(axes), atol=1e-6)
        np.testing.assert_allclose(after[name].std(axes), before[name].std(axes), rtol=1e-4)


def test_layers_left_out_stay_whole_and_do_not_count():
    held, result = pruned(worked_example(), ignored={"scope": ["conv4"]})
    assert np.all(weights_of(held)["conv4"] != 0)
    assert result.skipped == {"conv4": "the user left it out by name"}
    assert result.rate == pytest.approx(0.5, abs=0.01)


def test_names_that_fit_nothing_are_told():
    _, result = pruned(tiny_cnn(), ignored={"scope": ["convv1"]})
    assert any("'convv1'" in warning and "'conv1'" in warning for warning in result.warnings)


def test_quantized_models_are_refused():
    held = CompressedModel(graph=tiny_cnn())
    engine = IEEngine({"device": "CPU"}, labelled_images())
    create_pipeline([{"name": "DefaultQuantization"}], engine).run(held)
    with pytest.raises(AlreadyQuantizedError):
        create_pipeline([{"name": "MagnitudeSparsity", "params": {"sparsity_level": 0.5}}]).run(held)


def test_quantization_keeps_every_zero():
    engine = IEEngine({"device": "CPU"}, labelled_images())
    held = CompressedModel(graph=worked_example())
    entries = [
        {"name": "MagnitudeSparsity", "params": {"sparsity_level": 0.6}},
        {"name": "DefaultQuantization", "params": {"use_fast_bias": True}},
    ]
    create_pipeline(entries, engine).run(held)
    before = weights_of(pruned(worked_example(), 0.6)[0])
    compress_model_weights(held)
    nodes = NodeIndex(held.members[0].model)
    stored = {layer.name: constant_value(nodes, nodes.input(layer.weights).get_source_output())
              for layer in find_linear_layers(held.snapshot())}  # fmt: skip
    for name in ("conv2", "conv4", "fc"):
        assert np.all(stored[name][before[name] == 0] == 0)
        assert np.mean(stored[name] == 0) >= np.mean(before[name] == 0)


def test_weights_that_others_read_stay():
    data = op.parameter([1, 3, 8, 8], np.float32, name="data")
    table = op.constant(normal(np.random.default_rng(0), 8, 8), name="table")
    product = op.matmul(data, table, False, True, name="product")
    both = op.add(product, table, name="both")
    held = CompressedModel(graph=ov.Model([op.result(both, name="result")], [data], "shared"))
    found = find_prunable_layers(held, MagnitudeSparsityConfig(sparsity_level=0.5))
    assert found.layers == ()
    assert found.skipped == {"product": "its weights are also read by 'both'"}


def test_the_network_still_computes_and_a_level_of_zero_changes_nothing():
    model, sample = tiny_cnn(), images(1)[0][None]
    np.testing.assert_allclose(run(pruned(model, 0.0)[0].members[0].model, sample)[0], run(model, sample)[0], atol=1e-5)
    assert np.isfinite(run(pruned(model, 1.0)[0].members[0].model, sample)[0]).all()


def test_the_table_shows_layers_shapes_and_percent():
    text = str(pruned(tiny_cnn())[1])
    assert "Sparsity rate, %" in text.splitlines()[0]
    assert "conv2" in text and "(8, 8, 3, 3)" in text
    assert text.splitlines()[-1].startswith("all of them")


def test_keys_that_do_not_exist_are_named():
    with pytest.raises(UnknownNameError, match="sparsity_level"):
        create_pipeline([{"name": "MagnitudeSparsity", "params": {"sparsity_levl": 0.5}}])


def test_a_large_eps_leaves_the_spread_as_pruning_made_it():
    found = {eps: weights_of(pruned(tiny_cnn(), eps_factor=eps)[0])["conv2"] for eps in (1e-9, 10.0)}
    original = weights_of(CompressedModel(graph=tiny_cnn()))["conv2"]
    spreads = {eps: np.std(weights.reshape(len(weights), -1), axis=1) for eps, weights in found.items()}
    np.testing.assert_allclose(spreads[1e-9], np.std(original.reshape(len(original), -1), axis=1), rtol=1e-3)
    assert np.abs(spreads[10.0] - spreads[1e-9]).min() > 0.005

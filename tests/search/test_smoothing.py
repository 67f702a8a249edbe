"""Networks with outlier channels come closer with smoothed data; others stay as they are."""

import re

import numpy as np
import pytest

import openpot
import openvino as ov
from openpot import IEEngine
from openpot.graph.model import CompressedModel
from openpot.inference.compile import compile_model
from openpot.recipes.default_quantization import DefaultQuantization
from openpot.rewrites.smooth_products import SMOOTHED
from openpot.search import smoothing
from openpot.search.smoothing import find_groups, is_smoothed, smooth
from openvino import opset13 as op
from toy_engines import ListLoader
from toy_models import built_once, normal

CHANNELS, ROWS = 32, 24


@built_once
def perceptron(outlier=60.0):
    """Two layers of products after a norm whose scale is ``outlier`` for two channels."""
    rng = np.random.default_rng(7)
    x = op.parameter([1, ROWS, CHANNELS], np.float32, name="x")
    scale = np.ones((1, 1, CHANNELS), np.float32)
    scale[..., [3, 17]] = outlier
    y = op.multiply(op.mvn(x, op.constant([2]), True, 1e-5, "inside_sqrt"), op.constant(scale), name="norm")
    for number in range(2):
        weights = (
            normal(rng, CHANNELS, CHANNELS) / scale[0, 0, :, None] / 4
            if number == 0
            else normal(rng, CHANNELS, CHANNELS)
        )
        y = op.matmul(y, op.constant(weights.astype(np.float32)), False, False, name=f"fc{number}")
        y = op.relu(y) if number == 0 else y
    return ov.Model([op.result(y)], [x], "perceptron")


def samples(count, seed=0):
    rng = np.random.default_rng(seed)
    return [normal(rng, 1, ROWS, CHANNELS) for _ in range(count)]


FEEDS = [{0: sample} for sample in samples(10)]


def groups_of(model):
    """The groups as on a processor whose INT8 products are fast."""
    plan = DefaultQuantization({"saturation_fix": "no"}).plan(model)
    return find_groups(model, plan)


@pytest.fixture(autouse=True)
def no_timing(monkeypatch):
    monkeypatch.setattr("openpot.measure.side_by_side.SECONDS_OF_TIMING", 0.0)


def test_outliers_are_smoothed_and_the_model_computes_what_it_did():
    model, original = CompressedModel(graph=perceptron()), perceptron()
    groups = groups_of(model)
    result = smooth(model, groups, FEEDS)
    assert "fc0" in result.alphas
    assert is_smoothed(model)
    before, after = compile_model(original, "CPU"), compile_model(model.members[0].model, "CPU")
    for sample in samples(2, seed=5):
        np.testing.assert_allclose(after(sample)[0], before(sample)[0], rtol=1e-3, atol=1e-3)


def test_a_record_smooths_another_copy_alike():
    model, twin = CompressedModel(graph=perceptron()), CompressedModel(graph=perceptron())
    smooth(model, groups_of(model), FEEDS).apply(twin)
    nodes = [[node.name for node in held.snapshot().nodes.values() if SMOOTHED in node.name] for held in (model, twin)]
    assert nodes[0] == nodes[1] != []


def test_without_outliers_nothing_is_changed():
    model = CompressedModel(graph=perceptron(1.0))
    assert "fc0" not in smooth(model, groups_of(model), FEEDS).alphas


def test_the_default_comes_closer(monkeypatch):
    result = openpot.quantize(perceptron(), samples(20), max_output_error=None)
    assert "smoothed, alpha" in next(layer.reason for layer in result.layers if layer.operation == "fc0")
    monkeypatch.setattr(smoothing, "choose_smoothing", lambda channels, weights: None)
    without = openpot.quantize(perceptron(), samples(20), max_output_error=None)
    assert result.output_error[0].relative < 0.7 * without.output_error[0].relative


def test_preparing_twice_smooths_once():
    model = CompressedModel(graph=perceptron())
    engine = IEEngine({}, ListLoader([(sample, None) for sample in samples(10)]))
    for _ in range(2):
        DefaultQuantization({"saturation_fix": "no"}, engine).prepare(model)
    assert len([name for name in model.snapshot().nodes if re.search(f"{SMOOTHED}[0-9]+$", name)]) == 1

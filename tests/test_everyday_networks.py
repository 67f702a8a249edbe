"""Whole runs on networks that many people have: what once ended them, or ruined what came out."""

import numpy as np
import pytest

import openpot
import openvino as ov
from openpot.errors import ModelError, OpenPotWarning
from openpot.graph.model import CompressedModel
from openvino import opset13 as op
from toy_engines import ListLoader
from toy_models import built_once, conv, normal, run

LOWEST = float(np.finfo(np.float32).min)


def pictures(count, size=16, start=0, kind=np.float32):
    return [np.random.default_rng(start + i).standard_normal((1, 3, size, size)).astype(kind) for i in range(count)]


def error_on_others(source, result, size=16, kind=np.float32):
    """Root of the squared error over the squared variation, on samples that had no part in the run."""
    expected, given = (
        np.stack([np.float64(run(model, sample)[0]) for sample in pictures(12, size, 900, kind)])
        for model in (source, result)
    )
    return np.sqrt(np.square(given - expected).sum() / np.square(expected - expected.mean(0)).sum())


def filters(seed, *shape):
    return normal(np.random.default_rng(seed), *shape, scale=(2 / np.prod(shape[1:])) ** 0.5)


@built_once
def strided_bottlenecks():
    """Three blocks of ResNet v1 as Caffe wrote it: the first 1x1 convolution and the shortcut both have stride 2."""
    x = op.parameter([1, 3, 16, 16], np.float32, name="x")
    y = op.relu(conv(x, filters(0, 8, 3, 3, 3), "stem", 1))
    for block, (channels, stride) in enumerate([(8, 1), (16, 2), (16, 2)]):
        name, seed = f"block{block}", 10 * block
        z = op.relu(conv(y, filters(seed + 1, 8, channels, 1, 1), f"{name}_1", stride=stride))
        z = op.relu(conv(z, filters(seed + 2, 8, 8, 3, 3), f"{name}_2", 1))
        z = conv(z, filters(seed + 3, 16, 8, 1, 1), f"{name}_3")
        y = op.relu(op.add(z, conv(y, filters(seed + 4, 16, channels, 1, 1), f"{name}_0", stride=stride)))
    y = op.reduce_mean(y, op.constant([2, 3]), False)
    y = op.matmul(y, op.constant(filters(99, 16, 10)), False, False, name="fc")
    return ov.Model([op.result(y)], [x], "resnet_v1")


def test_strides_in_both_branches_of_a_block():
    source = strided_bottlenecks()
    result = openpot.quantize(source, pictures(30))
    assert result.evidence is not None
    assert sum(layer.is_integer for layer in result.layers) >= 10
    assert error_on_others(source, result.model) < 0.15


def test_a_trial_that_does_not_compile_is_told_and_costs_only_itself(monkeypatch):
    def fail(*_, **__):
        raise ModelError("CPU cannot compile the model: a pass of the plugin failed")

    monkeypatch.setattr("openpot.search.trial.TrialRun", fail)
    source = strided_bottlenecks()
    with pytest.warns(OpenPotWarning):
        result = openpot.quantize(source, pictures(30))
    assert any("a pass of the plugin failed" in text for text in result.warnings)
    assert result.evidence is None
    assert error_on_others(source, result.model) < 0.3


@pytest.mark.parametrize("with_a_vector", [False, True])
def test_an_output_without_axes(with_a_vector):
    x = op.parameter([1, 3, 16, 16], np.float32, name="x")
    y = op.relu(conv(x, filters(1, 8, 3, 3, 3), "conv", 1))
    score = op.reduce_mean(y, op.constant([0, 1, 2, 3]), False, name="score")
    score.output(0).get_tensor().set_names({"score"})
    others = [op.result(op.reduce_mean(y, op.constant([2, 3]), False))] if with_a_vector else []
    source = ov.Model([op.result(score), *others], [x], "scalar")
    result = openpot.quantize(source, pictures(30))
    assert result.model.output(0).get_partial_shape().rank.get_length() == 0
    assert result.output_error[0].output == "score"
    assert result.output_error[0].samples == 30
    assert 0 < result.output_error[0].relative < 0.2
    assert "score" in str(result)
    assert error_on_others(source, result.model) < 0.2


@pytest.mark.parametrize("kind", ["f16", "bf16"])
def test_models_written_in_half_precision(kind):
    own_type = getattr(ov.Type, kind)
    x = op.parameter([1, 3, 16, 16], own_type, name="x")
    x.output(0).get_tensor().set_names({"x"})
    weights = [op.constant(filters(seed, 8, channels, 3, 3), dtype=own_type) for seed, channels in ((1, 3), (2, 8))]
    y = x
    for number, values in enumerate(weights):
        y = op.relu(op.convolution(y, values, [1, 1], [1, 1], [1, 1], [1, 1], name=f"conv{number}"))
    y.output(0).get_tensor().set_names({"y"})
    source = ov.Model([op.result(y)], [x], "half")
    given = np.float16 if kind == "f16" else np.float32
    result = openpot.quantize(source, pictures(30, kind=given))
    (data,), (out,) = result.model.inputs, result.model.outputs
    assert [(port.get_element_type().to_string(), port.get_any_name()) for port in (data, out)] == [
        (kind, "x"),
        (kind, "y"),
    ]
    assert all(layer.is_integer for layer in result.layers)
    assert result.size_after < result.size_before
    assert result.output_error[0].relative < 0.1


@built_once
def padded_pooling(filler):
    """Convolution, a padded max pooling as exporters write it, and two more convolutions."""
    x = op.parameter([1, 3, 16, 16], np.float32, name="x")
    y = op.prelu(conv(x, filters(0, 8, 3, 3, 3), "first", 1), op.constant(np.float32([0.1])))
    ends = [op.constant([0, 0, 0, 0]), op.constant([0, 0, 1, 1])]
    y = op.pad(y, *ends, "constant", op.constant(np.float32(filler)), name="pad")
    y = op.max_pool(y, [1, 1], [1, 1], [0, 0], [0, 0], [2, 2], name="pool").output(0)
    y = op.prelu(conv(y, filters(1, 16, 8, 3, 3), "second", 1), op.constant(np.float32([0.1])))
    return ov.Model([op.result(conv(y, filters(2, 4, 16, 3, 3), "third", 1))], [x], "neck")


def with_observed_ranges(source, **params):
    """The model with the ranges of MinMaxQuantization alone."""
    engine = openpot.IEEngine({}, ListLoader([(sample, None) for sample in pictures(20)]))
    algorithms = [{"name": "MinMaxQuantization", "params": params}]
    return openpot.create_pipeline(algorithms, engine).run(CompressedModel(graph=source)).members[0].model


FILLERS = [-np.inf, LOWEST, -1e9, -65504.0]


@pytest.mark.parametrize("filler", [*FILLERS, -10.0])
@pytest.mark.parametrize("preset", ["performance", "mixed"])
def test_fillers_in_front_of_a_max_pooling_are_no_part_of_the_range(filler, preset):
    source = padded_pooling(filler)
    assert error_on_others(source, with_observed_ranges(source, preset=preset)) < 0.08


@pytest.mark.parametrize(("filler", "preset"), [(-np.inf, "performance"), (LOWEST, "mixed")])
def test_layers_around_a_padded_max_pooling_run_in_int8(filler, preset):
    source = padded_pooling(filler)
    result = openpot.quantize(source, pictures(20), preset=preset, max_output_error=None)
    assert all(layer.is_integer for layer in result.layers)
    assert error_on_others(source, result.model) < 0.08


def number(value):
    return op.constant(np.float32(value))


def kept(x):
    """Most places, so that there is one of them wherever a maximum is taken."""
    return op.greater(op.reduce_max(x, op.constant([1]), True), number(-0.2))


def masked_maximum(features, x, filler):
    """A pooling of point features: the largest of those that are there."""
    y = op.reduce_max(op.select(kept(x), features, number(filler)), op.constant([2, 3]), False)
    return op.matmul(y, op.constant(filters(6, 8, 4)), False, False, name="fc")


def masked_pooling(features, x, filler):
    masked = op.add(features, op.select(kept(x), number(0), number(filler)))
    y = op.max_pool(op.prelu(masked, number([0.5])), [5, 5], [1, 1], [0, 0], [0, 0], [5, 5]).output(0)
    return conv(y, filters(6, 4, 8, 1, 1), "last")


def masked_attention(features, x, filler):
    rows = op.transpose(op.reshape(features, op.constant([1, 8, 256]), False), op.constant([0, 2, 1]))
    query, key, value = (
        op.matmul(rows, op.constant(filters(20 + n, 8, 8)), False, False, name=f"p{n}") for n in range(3)
    )
    mask = op.reshape(op.select(kept(x), number(0), number(filler)), op.constant([1, 1, 256]), False)
    weights = op.softmax(op.add(op.matmul(query, key, False, True), mask), 2)
    return op.matmul(op.matmul(weights, value, False, False), op.constant(filters(7, 8, 4)), False, False, name="fc")


@built_once
def masked(tail, filler):
    x = op.parameter([1, 3, 16, 16], np.float32, name="x")
    features = op.relu(conv(x, filters(0, 8, 3, 3, 3), "first", 1))
    return ov.Model([op.result(tail(features, x, filler))], [x], "masked")


@pytest.mark.parametrize("tail", [masked_maximum, masked_pooling, masked_attention])
def test_masks_are_no_part_of_the_range(tail):
    """However large a filler is, the result is as good as with one that is just below the data."""
    errors = {}
    for filler in (-1000.0, -1e4, *FILLERS):
        source = masked(tail, filler)
        errors[filler] = error_on_others(source, with_observed_ranges(source))
    assert max(errors.values()) < 1.2 * errors[-1000.0], errors


@pytest.mark.parametrize(
    ("tail", "filler"), [(masked_maximum, LOWEST), (masked_pooling, -np.inf), (masked_attention, -np.inf)]
)
def test_a_whole_run_is_as_good_with_any_mask(tail, filler):
    errors = []
    for value in (-1000.0, filler):
        source = masked(tail, value)
        result = openpot.quantize(source, pictures(20), max_output_error=None)
        assert not result.failed_stages
        assert {layer.operation: layer.is_integer for layer in result.layers}["first"]
        errors.append(error_on_others(source, result.model))
    assert errors[1] < 1.2 * errors[0]

"""Evening out channels between linear layers."""

import numpy as np
import pytest

import openvino as ov
from openpot.algorithms.channel_alignment import (
    ActivationChannelAlignment,
    AlignedLayers,
    ChannelAlignmentResult,
    find_pairs,
)
from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from openpot.graph.snapshot_model import snapshot_from_model
from openvino import opset13 as op
from toy_engines import labelled_images
from toy_models import built_once, conv, depthwise, images, normal, run, tiny_cnn, worked_example

RNG = np.random.default_rng(5)
WIDTHS = np.array([0.01, 0.1, 1.0, 10.0], np.float32)


def parameter():
    return op.parameter([1, 3, 16, 16], np.float32, name="data")


def model_of(data, output, name="pairs"):
    return ov.Model([op.result(output, name="result")], [data], name)


@built_once
def uneven(second=None, bias=True):
    """Two convolutions with channels of very different widths between them."""
    data = parameter()
    biases = {"bias": normal(RNG, 4)} if bias else {}
    x = conv(data, normal(RNG, 4, 3, 3, 3) * WIDTHS.reshape(-1, 1, 1, 1), "first", 1, **biases)
    make = second or (lambda x: conv(x, normal(RNG, 5, 4, 1, 1), "second", bias=normal(RNG, 5)))
    return model_of(data, make(x))


def align(model, count=6):
    loader = labelled_images(count)
    algorithm = ActivationChannelAlignment({}, IEEngine({}, loader))
    held = CompressedModel(graph=model)
    algorithm.run(held)
    return held, algorithm.result, loader


def between(held, name="first_bias"):
    graph = held.members[0].model
    node = next(node for node in graph.get_ops() if node.get_friendly_name() == name)
    values = np.concatenate(
        [run(ov.Model([node], graph.get_parameters(), "t"), sample[None])[0] for sample in images(6)]
    )
    return values.transpose(1, 0, 2, 3).reshape(values.shape[1], -1)


def test_the_network_computes_what_it_did():
    model = uneven()
    held, result, _ = align(model)
    assert [(pair.producer, pair.consumer, pair.centred) for pair in result.pairs] == [("first", "second", True)]
    for sample in images(3, seed=8):
        np.testing.assert_allclose(
            run(held.members[0].model, sample[None])[0], run(model, sample[None])[0], rtol=1e-4, atol=1e-4
        )


def test_channels_get_a_common_width_and_centre():
    held, result, _ = align(uneven())
    low, high = np.quantile(between(held), [1e-3, 1 - 1e-3], axis=1)
    assert (high - low).max() < 1.5 * (high - low).min()
    assert np.abs(low + high).max() < 0.2 * (high - low).min()
    assert result.pairs[0].largest_scale > 5


def test_layers_without_bias_get_one():
    model = uneven(bias=False)
    held, result, _ = align(model)
    assert result.pairs[0].centred
    (sample,) = images(1)
    np.testing.assert_allclose(
        run(held.members[0].model, sample[None])[0], run(model, sample[None])[0], rtol=1e-4, atol=1e-4
    )


def test_chains_of_pairs_are_aligned_one_after_the_other():
    def three(x):
        x = conv(x, normal(RNG, 4, 4, 1, 1) * WIDTHS.reshape(-1, 1, 1, 1), "second", bias=normal(RNG, 4))
        return conv(x, normal(RNG, 2, 4, 1, 1), "third")

    model = uneven(three)
    held, result, _ = align(model)
    assert [pair.consumer for pair in result.pairs] == ["second", "third"]
    (sample,) = images(1)
    np.testing.assert_allclose(
        run(held.members[0].model, sample[None])[0], run(model, sample[None])[0], rtol=1e-3, atol=1e-4
    )


def test_depthwise_producers_take_part():
    data = parameter()
    x = depthwise(data, normal(RNG, 3, 2, 1, 3, 3), "first", bias=normal(RNG, 6))
    model = model_of(data, conv(x, normal(RNG, 4, 6, 1, 1), "second"))
    held, result, _ = align(model)
    assert [pair.producer for pair in result.pairs] == ["first"]
    (sample,) = images(1)
    np.testing.assert_allclose(
        run(held.members[0].model, sample[None])[0], run(model, sample[None])[0], rtol=1e-4, atol=1e-4
    )


def test_shared_weights_of_other_layers_stay():
    data = parameter()
    shared = op.constant(normal(RNG, 3, 3, 1, 1), name="shared")

    def layer(x, name):
        return op.convolution(x, shared, [1, 1], [0, 0], [0, 0], [1, 1], name=name)

    x = layer(layer(data, "first"), "second")
    model = model_of(data, layer(op.relu(x), "other"))
    held, result, _ = align(model)
    assert len(result.pairs) == 1
    (sample,) = images(1)
    np.testing.assert_allclose(
        run(held.members[0].model, sample[None])[0], run(model, sample[None])[0], rtol=1e-4, atol=1e-4
    )


@pytest.mark.parametrize(
    "second",
    [
        lambda x: conv(x, normal(RNG, 5, 4, 3, 3), "second", pad=1),
        lambda x: conv(x, normal(RNG, 5, 4, 1, 1), "second", stride=2),
        lambda x: depthwise(x, normal(RNG, 4, 1, 1, 1, 1), "second", pad=0),
        lambda x: conv(op.relu(x), normal(RNG, 5, 4, 1, 1), "second"),
        lambda x: op.add(conv(x, normal(RNG, 4, 4, 1, 1), "second"), x),
        lambda x: op.convolution(
            x, op.constant(normal(RNG, 5, 4, 1, 1)), [1, 1], [0, 0], [0, 0], [1, 1], "same_upper", name="second"
        ),
    ],
    ids=["padded", "strided", "grouped", "behind an activation", "another reader", "automatic padding"],
)
def test_no_pair_where_channels_cannot_be_undone(second):
    assert find_pairs(snapshot_from_model(uneven(second))) == ()


def test_without_pairs_no_sample_is_loaded():
    _, result, loader = align(tiny_cnn())
    assert (result.pairs, loader.calls) == ((), [])
    assert find_pairs(snapshot_from_model(worked_example())) == ()


def test_a_spread_sample_of_many_samples_is_enough():
    _, _, loader = align(uneven(), count=130)
    assert loader.calls == list(range(0, 130, 5))


def test_all_samples_can_be_asked_for():
    loader = labelled_images(40)
    algorithm = ActivationChannelAlignment({}, IEEngine({}, loader), max_samples=None)
    algorithm.run(CompressedModel(graph=uneven()))
    assert loader.calls == list(range(40))


def test_later_statistics_must_be_collected_anew():
    assert ActivationChannelAlignment().change_original_model


def test_aligned_consumers_are_known_by_name():
    result = ChannelAlignmentResult((AlignedLayers("a", "b", True, 2.0), AlignedLayers("b", "c", False, 1.0)))
    assert result.consumers == {"b", "c"}

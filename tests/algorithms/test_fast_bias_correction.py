"""Fast bias correction."""

import numpy as np
import pytest

import openvino as ov
from openpot.algorithms.fast_bias_correction import FastBiasCorrection
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.engine.openvino_engine import IEEngine
from openpot.graph.model import CompressedModel
from openpot.graph.tensor_id import TensorId
from openpot.pipeline import Pipeline
from openvino import opset13 as op
from toy_engines import labelled_images
from toy_models import conv, depthwise, images, normal, run, tiny_cnn, worked_example

RNG = np.random.default_rng(11)
MEAN = 3.0


def corrected(model, weights=None, samples=6, **params):
    """A model with 4-bit weights, quantized without and with correction, and the record of the latter."""
    engine = IEEngine({}, labelled_images(samples, mean=MEAN))
    wish = {"weights": weights or {"bits": 4, "level_low": -7, "level_high": 7}, "activations": {"bits": 16}}
    plain, held = CompressedModel(graph=model), CompressedModel(graph=model)
    MinMaxQuantization(wish, engine).run(plain)
    pipeline = Pipeline(engine)
    pipeline.add_algo(MinMaxQuantization(wish, engine))
    pipeline.add_algo(FastBiasCorrection(params, engine))
    pipeline.run(held)
    return plain.members[0].model, held.members[0].model, pipeline.algo_seq[1].result


def mean_error(original, quantized, samples=6):
    differences = [
        run(quantized, sample[None])[0] - run(original, sample[None])[0] for sample in images(samples, mean=MEAN)
    ]
    axes = (0, *range(2, differences[0].ndim))
    return np.abs(np.mean([difference.mean(axis=axes) for difference in differences], axis=0)).max()


def one_layer(make):
    data = op.parameter([1, 3, 16, 16], np.float32, name="data")
    return ov.Model([op.result(make(data), name="result")], [data], "one")


LAYERS = {
    "convolution": lambda x: conv(x, normal(RNG, 6, 3, 3, 3), "layer", bias=normal(RNG, 6)),
    "without bias": lambda x: conv(x, normal(RNG, 6, 3, 3, 3), "layer"),
    "zeros in the bias": lambda x: conv(x, normal(RNG, 6, 3, 3, 3), "layer", bias=[0, 0, 0, 0, 0, 1]),
    "padded": lambda x: conv(x, normal(RNG, 6, 3, 3, 3), "layer", pad=1, bias=normal(RNG, 6)),
    "depthwise": lambda x: depthwise(x, normal(RNG, 3, 1, 1, 3, 3), "layer", pad=0),
    "grouped": lambda x: depthwise(x, normal(RNG, 3, 2, 1, 3, 3), "layer", pad=0),
    "transposed": lambda x: op.convolution_backprop_data(
        x, op.constant(normal(RNG, 3, 4, 2, 2), name="layer_w"), [2, 2], name="layer"
    ),
    "product": lambda x: op.matmul(x, op.constant(normal(RNG, 16, 5), name="layer_w"), False, False, name="layer"),
}


@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS.keys())
def test_the_mean_error_of_a_layer_shrinks(make):
    model = one_layer(make)
    plain, better, result = corrected(model)
    assert result.corrected == ("layer",)
    assert mean_error(model, better) < 0.35 * mean_error(model, plain)


def test_layers_without_bias_are_marked():
    *_, result = corrected(one_layer(LAYERS["without bias"]))
    assert result.layers[0].inserted
    *_, result = corrected(one_layer(LAYERS["zeros in the bias"]))
    assert not result.layers[0].inserted


def test_the_new_bias_is_the_old_one_plus_the_mean_error_of_the_weights():
    model = one_layer(lambda x: conv(x, normal(RNG, 6, 3, 1, 1), "layer", bias=normal(RNG, 6)))
    plain, better, _ = corrected(model)
    means = np.mean([sample.mean(axis=(1, 2)) for sample in images(6, mean=MEAN)], axis=0)
    flat = np.broadcast_to(means.reshape(1, 3, 1, 1), (1, 3, 16, 16)).astype(np.float32)
    # With 16-bit activations the constant input passes almost unchanged.
    difference = run(better, flat)[0] - run(model, flat)[0]
    assert np.abs(difference).max() < 1e-3 < np.abs(run(plain, flat)[0] - run(model, flat)[0]).max()


def test_whole_networks_get_closer():
    model = worked_example()
    plain, better, result = corrected(model)
    assert len(result.layers) == 8

    def error(found):
        return np.mean([np.abs(run(found, i[None])[0] - run(model, i[None])[0]).mean() for i in images(6, mean=MEAN)])

    assert error(better) < error(plain)


def test_implausible_shifts_are_refused_with_their_size():
    *_, result = corrected(tiny_cnn(), threshold=1e-6)
    assert result.corrected == ()
    assert all("times what is usual" in layer.reason for layer in result.layers)


def test_only_chosen_layers_are_observed_and_corrected():
    engine = IEEngine({}, labelled_images(2))
    algorithm = FastBiasCorrection({}, engine)
    (spec,) = algorithm.required_statistics(CompressedModel(graph=tiny_cnn()), {"conv2"})
    assert (spec.tensor, spec.reducer.channel_axis) == (TensorId("relu1"), 1)


def test_models_in_floating_point_stay_as_they_are():
    held = CompressedModel(graph=tiny_cnn())
    algorithm = FastBiasCorrection({}, IEEngine({}, labelled_images(2)))
    algorithm.run(held)
    assert algorithm.result.layers == ()


def test_a_quantized_model_can_be_corrected_later():
    engine = IEEngine({}, labelled_images(6, mean=MEAN))
    held = CompressedModel(graph=worked_example())
    MinMaxQuantization({}, engine).run(held)
    algorithm = FastBiasCorrection({}, engine)
    algorithm.run(held)
    assert len(algorithm.result.corrected) == 8


def test_later_statistics_must_be_collected_anew():
    assert FastBiasCorrection().change_original_model


def test_layers_with_float_weights_have_no_error_of_their_weights_to_take_back():
    _, some, _ = corrected(tiny_cnn())
    _, every, _ = corrected(tiny_cnn(), apply_for_all_nodes=True)
    sample = images(1)[0][None]
    np.testing.assert_array_equal(run(some, sample)[0], run(every, sample)[0])

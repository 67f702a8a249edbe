import numpy as np
import pytest

import openvino as ov
from openpot.errors import ModelError, UnknownNameError
from openpot.graph.node_index import NodeIndex
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.graph.text import text_from_model
from openpot.rewrites.insert_bias import BiasResult, find_bias, set_biases, shift_biases
from openvino import opset13 as op
from toy_models import conv, images, loop_model, normal, run, tiny_cnn, worked_example

RNG = np.random.default_rng(2)
DATA = images(1)[0][None]


def constant(value, element_type=np.float32):
    return op.constant(np.asarray(value, element_type))


LAYERS = {
    "convolution": (lambda x: conv(x, normal(RNG, 6, 4, 3, 3), "layer"), (1, 6, 1, 1)),
    "grouped convolution": (
        lambda x: op.group_convolution(
            x, constant(normal(RNG, 2, 3, 2, 3, 3)), [1, 1], [0, 0], [0, 0], [1, 1], name="layer"
        ),
        (1, 6, 1, 1),
    ),
    "transposed convolution": (
        lambda x: op.convolution_backprop_data(x, constant(normal(RNG, 4, 6, 2, 2)), [2, 2], name="layer"),
        (1, 6, 1, 1),
    ),
    "matmul": (lambda x: op.matmul(x, constant(normal(RNG, 6, 8)), False, True, name="layer"), (1, 1, 1, 6)),
    "matmul of two activations": (lambda x: op.matmul(x, x, False, True, name="layer"), (1, 1, 1, 8)),
    "matmul, weights on the left": (
        lambda x: op.matmul(constant(normal(RNG, 6, 8)), x, False, False, name="layer"),
        (1, 1, 6, 1),
    ),
}


def find_bias_add(source, operation):
    """The bias of an operation, shape ``(channels,)``; None if there is none."""
    place = find_bias(source, operation)
    return None if place.constant is None else place.values


def make_model(make):
    data = op.parameter([1, 4, 8, 8], np.float32, name="data")
    return ov.Model([op.result(make(data), name="result")], [data], "m")


@pytest.mark.parametrize(("make", "shape"), LAYERS.values(), ids=LAYERS)
def test_a_layer_without_bias_gets_one(make, shape):
    model = make_model(make)
    data = images(1, (4, 8, 8))[0][None]
    before = run(model, data)[0]
    assert find_bias_add(model, "layer") is None
    bias = np.arange(max(shape)) - 2.0
    assert set_biases(model, {"layer": bias}) == BiasResult({"layer": "layer/add_"}, ("layer/add_",))
    np.testing.assert_allclose(run(model, data)[0], before + bias.reshape(shape), rtol=1e-5, atol=1e-5)
    assert find_bias_add(model, "layer").tolist() == bias.tolist()
    assert snapshot_from_model(model)["layer/add_/bias"].output_shape == shape


def test_an_existing_bias_is_replaced_and_keeps_its_add():
    model = tiny_cnn()
    assert set_biases(model, {"conv1": np.full(8, 3.0), "fc": np.zeros(5)}) == BiasResult(
        {"conv1": "conv1_bias", "fc": "fc_bias"}
    )
    assert find_bias_add(model, "conv1").tolist() == [3.0] * 8
    assert find_bias_add(model, "fc").tolist() == [0.0] * 5
    assert len(model.get_ops()) == len(tiny_cnn().get_ops())


def test_shifting_adds_to_what_is_there():
    model = tiny_cnn()
    before, outputs = find_bias_add(model, "fc"), run(model, DATA)[0]
    shift = np.arange(5.0)
    shift_biases(model, {"fc": shift})
    shift_biases(model, {"fc": shift})
    np.testing.assert_allclose(find_bias_add(model, "fc"), before + 2 * shift, rtol=1e-6)
    np.testing.assert_allclose(run(model, DATA)[0], outputs + 2 * shift, rtol=1e-5, atol=1e-5)


def test_shifting_a_layer_without_bias_starts_from_zero():
    model = worked_example()
    assert shift_biases(model, {"conv4": np.ones(8)}).inserted == ("conv4/add_",)
    assert shift_biases(model, {"conv4": np.ones(8)}).inserted == ()
    assert find_bias_add(model, "conv4").tolist() == [2.0] * 8


def test_nothing_to_change_changes_nothing():
    model = tiny_cnn()
    before = text_from_model(model)
    assert set_biases(model, {}) == BiasResult({})
    assert text_from_model(model) == before


def test_an_output_of_the_model_keeps_its_name_behind_a_new_bias():
    data = op.parameter([1, 4], np.float32, name="data")
    fc = op.matmul(data, constant(normal(RNG, 3, 4)), False, True, name="fc")
    fc.output(0).get_tensor().set_names({"logits"})
    model = ov.Model([op.result(fc, name="r")], [data], "m")
    set_biases(model, {"fc": np.ones(3)})
    assert model.outputs[0].get_names() == {"logits"}


def test_a_bias_shared_by_two_layers_is_changed_for_one_only():
    data = op.parameter([1, 4, 8, 8], np.float32, name="data")
    bias = op.constant(np.ones((1, 4, 1, 1), np.float32), name="b")
    first = op.add(conv(data, normal(RNG, 4, 4, 1, 1), "one"), bias, name="one_b")
    second = op.add(bias, conv(first, normal(RNG, 4, 4, 1, 1), "two"), name="two_b")
    model = ov.Model([op.result(second)], [data], "m")
    set_biases(model, {"two": np.zeros(4)})
    assert find_bias_add(model, "one").tolist() == [1.0] * 4
    assert find_bias_add(model, "two").tolist() == [0.0] * 4


def behind_convolution(make):
    data = op.parameter([1, 4, 8, 8], np.float32, name="data")
    return ov.Model([op.result(make(conv(data, normal(RNG, 4, 4, 1, 1), "layer")))], [data], "m")


@pytest.mark.parametrize(
    "make",
    [
        lambda y: op.add(y, constant(np.ones((1, 4, 8, 8)))),
        lambda y: op.add(y, constant(np.ones((1, 1, 1, 8)))),
        lambda y: op.add(y, y),
        lambda y: op.add(y, op.relu(y)),
        lambda y: op.multiply(y, constant(2.0)),
    ],
    ids=["one value per position", "one per column", "with itself", "two readers", "a product"],
)
def test_only_an_add_of_one_constant_per_channel_is_a_bias(make):
    model = behind_convolution(make)
    assert find_bias_add(model, "layer") is None
    assert find_bias(model, "layer").values.tolist() == [0.0] * 4


def test_a_scalar_is_a_bias_for_every_channel():
    assert find_bias_add(behind_convolution(lambda y: op.add(y, constant(2.0))), "layer").tolist() == [2.0] * 4


def test_a_bias_compressed_to_half_precision_is_read_and_replaced(tmp_path):
    ov.save_model(tiny_cnn(), tmp_path / "m.xml", compress_to_fp16=True)
    model = ov.Core().read_model(tmp_path / "m.xml")
    np.testing.assert_allclose(find_bias_add(model, "conv1"), find_bias_add(tiny_cnn(), "conv1"), rtol=1e-3)
    set_biases(model, {"conv1": np.full(8, 1 / 3)})
    np.testing.assert_allclose(find_bias_add(model, "conv1"), 1 / 3, rtol=1e-7)


def half_precision_model():
    data = op.parameter([1, 4], np.float16, name="data")
    return ov.Model([op.result(op.matmul(data, constant(np.ones((3, 4)), np.float16), False, True, name="fc"))], [data])


def test_models_in_half_precision_get_a_bias_in_half_precision():
    model = half_precision_model()
    set_biases(model, {"fc": np.ones(3)})
    assert snapshot_from_model(model)["fc/add_/bias"].output_type == "f16"


REFUSED = {
    "wrong length": (tiny_cnn, {"fc": np.ones(4)}, ModelError, r"'fc' needs the shape \(5,\); given was \(4,\)"),
    "not finite": (tiny_cnn, {"fc": np.array([1, np.nan, 1, 1, np.inf])}, ModelError, "2 values are not"),
    "no such layer": (tiny_cnn, {"fcc": np.ones(5)}, UnknownNameError, "did you mean 'fc'"),
    "no layer": (tiny_cnn, {"relu1": np.ones(5)}, ModelError, r"output channels of 'relu1' \(Relu\) is not known"),
    "too large": (half_precision_model, {"fc": np.full(3, 1e6)}, ModelError, "do not fit into f16"),
}


@pytest.mark.parametrize(("make", "biases", "error", "words"), REFUSED.values(), ids=REFUSED)
def test_a_bias_that_does_not_fit_is_refused_and_nothing_changes(make, biases, error, words):
    model = make()
    before = text_from_model(model)
    good = {"conv1": np.ones(8)} if make is tiny_cnn else {}
    with pytest.raises(error, match=words):
        set_biases(model, {**good, **biases})
    assert text_from_model(model) == before


def test_layers_inside_bodies_get_a_bias_too():
    model = loop_model(steps=1)
    data = np.ones((1, 4), np.float32)
    before = run(model, data)[0]
    assert set_biases(model, {"loop|fc": np.arange(4.0)}).inserted == ("loop|fc/add_",)
    np.testing.assert_allclose(run(model, data)[0], before + np.arange(4.0), rtol=1e-5, atol=1e-6)
    assert "loop|fc/add_" in NodeIndex(model)


def test_an_index_serves_for_many_questions():
    nodes = NodeIndex(tiny_cnn())
    assert [find_bias_add(nodes, name).shape for name in ("conv1", "conv2", "fc")] == [(8,), (8,), (5,)]

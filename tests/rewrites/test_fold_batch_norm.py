import numpy as np
import pytest

import onnx_models
import openvino as ov
from openpot.graph.io import load_model, save_model
from openpot.graph.snapshot_model import snapshot_from_model, snapshots_of_all_graphs
from openpot.graph.text import text_from_model
from openpot.rewrites.fold_batch_norm import FoldResult, SkippedFold, fold_batch_norm
from openvino import opset13 as op
from toy_models import normal, run, tiny_cnn, worked_example

RNG = np.random.default_rng(5)
DATA = RNG.standard_normal((2, 4, 6, 6)).astype(np.float32)


def constant(value, name=None, element_type=np.float32):
    return op.constant(np.asarray(value, element_type), name=name)


def convolution(x, weights):
    return op.convolution(x, weights, [1, 1], [1, 1], [1, 1], [1, 1], name="layer")


def grouped(x, weights):
    return op.group_convolution(x, weights, [1, 1], [1, 1], [1, 1], [1, 1], name="layer")


def transposed(x, weights):
    return op.convolution_backprop_data(x, weights, [2, 2], name="layer")


def grouped_transposed(x, weights):
    return op.group_convolution_backprop_data(x, weights, [2, 2], name="layer")


def product(x, weights):
    return op.matmul(x, weights, False, False, name="layer")


def product_transposed(x, weights):
    return op.matmul(x, weights, False, True, name="layer")


# producer, shape of the weights, shape of a constant with one value per channel
PRODUCERS = {
    "convolution": (convolution, (6, 4, 3, 3), (1, 6, 1, 1)),
    "convolution, short constant": (convolution, (6, 4, 3, 3), (6, 1, 1)),
    "grouped convolution": (grouped, (2, 3, 2, 3, 3), (1, 6, 1, 1)),
    "depthwise convolution": (grouped, (4, 1, 1, 3, 3), (1, 4, 1, 1)),
    "transposed convolution": (transposed, (4, 6, 2, 2), (1, 6, 1, 1)),
    "grouped transposed convolution": (grouped_transposed, (2, 2, 3, 2, 2), (1, 6, 1, 1)),
    "matmul": (product, (6, 5), (5,)),
    "matmul, transposed": (product_transposed, (5, 6), (1, 1, 1, 5)),
    "matmul, batched": (product, (1, 4, 6, 5), (5,)),
    "scalar constants": (convolution, (6, 4, 3, 3), ()),
}
CHAINS = {
    "multiply": lambda y, c: op.multiply(y, c(1), name="last"),
    "multiply, add": lambda y, c: op.add(op.multiply(y, c(1), name="mul"), c(2), name="last"),
    "bias, multiply, add": lambda y, c: op.add(
        op.multiply(c(1), op.add(y, c(3), name="b"), name="mul"), c(2), name="last"
    ),
    "subtract, divide": lambda y, c: op.divide(op.subtract(y, c(1), name="sub"), c(2), name="last"),
    "from constant": lambda y, c: op.subtract(c(1), y, name="last"),
}


def make_model(make, weights_shape, constant_shape, chain, activation=True):
    values = np.random.default_rng(7)
    weights = constant(normal(values, *weights_shape), "w")

    def per_channel(seed):
        return constant(np.random.default_rng(seed).uniform(0.5, 2, constant_shape), f"c{seed}")

    data = op.parameter(list(DATA.shape), np.float32, name="data")
    y = chain(make(data, weights), per_channel)
    y = op.relu(y, name="act") if activation else y
    return ov.Model([op.result(y, name="result")], [data], "m")


def kinds(model):
    return {node.name: node.type for node in snapshot_from_model(model).nodes.values() if node.type != "Constant"}


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)
@pytest.mark.parametrize(("make", "weights", "constants"), PRODUCERS.values(), ids=PRODUCERS)
def test_folding_keeps_what_the_model_computes(make, weights, constants, chain):
    model = make_model(make, weights, constants, chain)
    before = run(model, DATA)[0]
    result = fold_batch_norm(model)
    assert result.changed
    assert result.skipped == ()
    np.testing.assert_allclose(run(model, DATA)[0], before, rtol=1e-4, atol=2e-6)
    assert {"Multiply", "Divide", "Subtract"}.isdisjoint(kinds(model).values())


def test_a_chain_becomes_weights_and_a_bias_with_the_name_of_its_last_operation():
    model = make_model(*PRODUCERS["convolution"], CHAINS["bias, multiply, add"])
    assert tuple(fold_batch_norm(model).folded) == ("b", "mul")
    assert kinds(model) == {
        "data": "Parameter",
        "layer": "Convolution",
        "last": "Add",
        "act": "Relu",
        "result": "Result",
    }
    snapshot = snapshot_from_model(model)
    assert snapshot["layer"].inputs[1].node == "w"
    assert snapshot["last"].inputs[1].node == "last/bias"


def test_a_lone_multiplication_leaves_no_bias():
    model = make_model(*PRODUCERS["convolution"], CHAINS["multiply"])
    assert tuple(fold_batch_norm(model).folded) == ("last",)
    assert list(kinds(model)) == ["data", "layer", "act", "result"]


def test_an_output_of_the_model_keeps_its_operation_and_tensor_names(tmp_path):
    model = make_model(*PRODUCERS["convolution"], CHAINS["multiply"], activation=False)
    model.outputs[0].get_tensor().set_names({"scores"})
    ov.save_model(model, tmp_path / "m.xml", compress_to_fp16=False)
    model = ov.Core().read_model(tmp_path / "m.xml")
    before = run(model, DATA)[0]
    fold_batch_norm(model)
    assert kinds(model)["last"] == "Add"
    assert kinds(model)["layer"] == "Convolution"
    assert model.outputs[0].get_names() == {"scores"}
    np.testing.assert_allclose(run(model, DATA)[0], before, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("make", [tiny_cnn, worked_example])
def test_biases_are_left_alone(make):
    model = make()
    before = text_from_model(model)
    assert fold_batch_norm(model) == FoldResult()
    assert text_from_model(model) == before


def test_folding_twice_changes_nothing_more():
    model = make_model(*PRODUCERS["convolution"], CHAINS["bias, multiply, add"])
    fold_batch_norm(model)
    before = text_from_model(model)
    assert not fold_batch_norm(model).changed
    assert text_from_model(model) == before


def test_a_producer_with_two_readers_is_left_alone():
    data = op.parameter(list(DATA.shape), np.float32, name="data")
    y = convolution(data, constant(normal(RNG, 6, 4, 3, 3), "w"))
    scaled = op.multiply(y, constant(2.0), name="mul")
    model = ov.Model([op.result(op.add(y, scaled, name="sum"))], [data], "m")
    assert fold_batch_norm(model) == FoldResult()


def test_a_chain_ends_where_it_branches():
    data = op.parameter(list(DATA.shape), np.float32, name="data")
    y = op.multiply(convolution(data, constant(normal(RNG, 6, 4, 3, 3), "w")), constant(2.0), name="first")
    model = ov.Model([op.result(op.add(y, op.multiply(y, constant(3.0), name="second"), name="sum"))], [data], "m")
    before = run(model, DATA)[0]
    assert tuple(fold_batch_norm(model).folded) == ("first",)
    assert "second" in kinds(model)
    np.testing.assert_allclose(run(model, DATA)[0], before, rtol=1e-4, atol=1e-5)


def test_weights_shared_by_two_layers_are_changed_for_one_only():
    data = op.parameter(list(DATA.shape), np.float32, name="data")
    weights = constant(normal(RNG, 4, 4, 3, 3), "w")
    first = op.multiply(convolution(data, weights), constant(2.0), name="mul")
    second = op.convolution(op.relu(first, name="act"), weights, [1, 1], [1, 1], [1, 1], [1, 1], name="other")
    model = ov.Model([op.result(op.relu(second, name="end"))], [data], "m")
    before = run(model, DATA)[0]
    fold_batch_norm(model)
    snapshot = snapshot_from_model(model)
    assert snapshot["other"].inputs[1].node == "w"
    assert snapshot["layer"].inputs[1].node == "layer/weights"
    np.testing.assert_allclose(run(model, DATA)[0], before, rtol=1e-4, atol=1e-5)


def test_weights_compressed_to_half_precision_are_folded_in_full_precision(tmp_path):
    model = make_model(*PRODUCERS["convolution"], CHAINS["bias, multiply, add"])
    ov.save_model(model, tmp_path / "m.xml", compress_to_fp16=True)
    half = ov.Core().read_model(tmp_path / "m.xml")
    before = run(half, DATA)[0]
    assert tuple(fold_batch_norm(half).folded) == ("b", "mul")
    assert snapshot_from_model(half)["w"].type == "Constant"
    np.testing.assert_allclose(run(half, DATA)[0], before, rtol=1e-4, atol=1e-5)


def half_precision_model(scale):
    data = op.parameter(list(DATA.shape), np.float16, name="data")
    y = convolution(data, constant(normal(np.random.default_rng(1), 6, 4, 3, 3, scale=1), "w", np.float16))
    y = op.multiply(y, constant(scale, "scale", np.float16), name="mul")
    return ov.Model([op.result(op.relu(y, name="act"))], [data], "m")


def test_models_in_half_precision_stay_in_half_precision():
    model = half_precision_model(2.0)
    before = run(model, DATA.astype(np.float16))[0]
    assert tuple(fold_batch_norm(model).folded) == ("mul",)
    assert snapshot_from_model(model)["w"].output_type == "f16"
    np.testing.assert_allclose(run(model, DATA.astype(np.float16))[0], before, rtol=0.01, atol=0.01)


def test_weights_that_would_not_fit_into_half_precision_are_left_alone():
    model = half_precision_model(60_000.0)
    before = text_from_model(model)
    (skipped,) = fold_batch_norm(model).skipped
    assert skipped.operation == "mul"
    assert "do not fit into f16" in skipped.reason
    assert text_from_model(model) == before


@pytest.mark.parametrize(
    ("value", "make"), [(0.0, op.divide), (np.inf, op.multiply), (np.nan, op.add)], ids=["zero", "inf", "nan"]
)
def test_constants_that_are_not_finite_are_not_folded(value, make):
    data = op.parameter(list(DATA.shape), np.float32, name="data")
    y = op.multiply(convolution(data, constant(normal(RNG, 6, 4, 3, 3), "w")), constant(2.0), name="mul")
    model = ov.Model([op.result(op.relu(make(y, constant(value), name="odd")))], [data], "m")
    assert fold_batch_norm(model).skipped == (SkippedFold("mul", "a constant is not finite, or a divisor is zero"),)


@pytest.mark.parametrize("kind", ["FakeQuantize", "i8"])
def test_weights_that_are_quantized_already_are_left_alone(kind):
    data = op.parameter(list(DATA.shape), np.float32, name="data")
    weights = constant(np.ones((6, 4, 3, 3)), "w", np.int8 if kind == "i8" else np.float32)
    if kind == "i8":
        weights = op.convert(weights, np.float32, name="to_f32")
    else:
        weights = op.fake_quantize(weights, *[constant(v) for v in (-1, 1, -1, 1)], 255, name="fq")
    y = op.multiply(convolution(data, weights), constant(2.0), name="mul")
    model = ov.Model([op.result(op.relu(y))], [data], "m")
    (skipped,) = fold_batch_norm(model).skipped
    assert kind in skipped.reason


@pytest.mark.parametrize("opset", [ov.opset1, ov.opset5], ids=["opset1", "opset5"])
def test_batch_normalisation_operations_are_folded(opset):
    data = op.parameter(list(DATA.shape), np.float32, name="data")
    y = convolution(data, constant(normal(RNG, 6, 4, 3, 3), "w"))
    parts = [constant(RNG.uniform(0.5, 2, 6)) for _ in range(4)]
    y = opset.batch_norm_inference(y, *parts, 1e-3)
    y.set_friendly_name("norm")
    model = ov.Model([op.result(op.relu(y, name="act"), name="r")], [data], "m")
    before = run(model, DATA)[0]
    assert tuple(fold_batch_norm(model).folded) == ("norm",)
    assert kinds(model) == {"data": "Parameter", "layer": "Convolution", "norm": "Add", "act": "Relu", "r": "Result"}
    np.testing.assert_allclose(run(model, DATA)[0], before, rtol=1e-4, atol=1e-5)


def test_batch_normalisation_without_a_layer_before_it_stays():
    data = op.parameter(list(DATA.shape), np.float32, name="data")
    y = op.batch_norm_inference(op.relu(data), *[constant(np.ones(4)) for _ in range(4)], 1e-3)
    assert fold_batch_norm(ov.Model([op.result(y)], [data], "m")) == FoldResult()


def test_a_network_as_onnx_and_as_ir_ends_as_the_same_graph(tmp_path):
    path = onnx_models.conv_bn_relu(tmp_path / "net.onnx")
    raw = ov.Core().read_model(path)
    raw.set_friendly_name("net")
    ov.save_model(raw, tmp_path / "net.xml", compress_to_fp16=False)
    texts, constants = [], []
    for suffix in ("onnx", "xml"):
        model = load_model({"model": tmp_path / f"net.{suffix}"}).members[0].model
        fold_batch_norm(model)
        texts.append(text_from_model(model, names=False, values=False))
        constants.append([node.data for node in model.get_ordered_ops() if node.get_type_name() == "Constant"])
        assert list(kinds(model))[:3] == ["data", "conv", "norm"]
    assert texts[0] == texts[1]
    for left, right in zip(*constants, strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-5, atol=1e-6)


def test_layers_inside_bodies_are_folded():
    x = op.parameter([1, 4], np.float32, name="x")
    inside = op.parameter([1, 4], np.float32, name="p")
    fc = op.matmul(inside, constant(normal(RNG, 4, 4), "fc_w"), False, True, name="fc")
    scaled = op.add(op.multiply(fc, constant(0.5), name="mul"), constant(np.ones(4)), name="shift")
    state = op.result(scaled, name="state")
    go_on = op.result(constant(True, "yes", np.bool_), name="go_on")
    loop = op.loop(constant(3, "trip", np.int64), constant(True, "start", np.bool_))
    loop.set_friendly_name("loop")
    loop.set_function(ov.Model([state, go_on], [inside], "body"))
    loop.set_special_body_ports([-1, 1])
    loop.set_merged_input(inside, x.output(0), state.output(0))
    model = ov.Model([op.result(loop.get_iter_value(state.output(0), -1), name="result")], [x], "m")
    data = np.ones((1, 4), np.float32)
    before = run(model, data)[0]
    assert tuple(fold_batch_norm(model).folded) == ("loop|mul",)
    assert "loop|mul" not in snapshots_of_all_graphs(model)["loop"]
    np.testing.assert_allclose(run(model, data)[0], before, rtol=1e-5, atol=1e-6)


def test_a_folded_model_is_saved_and_read_back(tmp_path):
    model = load_model({"model": make_model(*PRODUCERS["convolution"], CHAINS["subtract, divide"])})
    fold_batch_norm(model.members[0].model)
    saved = save_model(model, tmp_path)
    np.testing.assert_array_equal(
        run(ov.Core().read_model(saved[0]["model"]), DATA)[0], run(model.members[0].model, DATA)[0]
    )

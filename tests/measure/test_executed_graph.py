import numpy as np
import pytest

import openvino as ov
from openpot.errors import DeviceError
from openpot.inference.compile import compile_model
from openpot.measure.executed_graph import Arithmetic, ExecutedOperation, read_executed_graph
from openvino import opset13 as op
from toy_models import normal, tiny_cnn


def quantized(data, low, high, levels, name):
    return op.fake_quantize(data, *(np.float32(end) for end in (low, high, low, high)), levels, name=name)


def half_quantized():
    """int8 (quantized on both sides), then plain, called 'plain,float': a name with a comma."""
    rng = np.random.default_rng(0)
    data = op.parameter([1, 16, 8, 8], np.float32, name="data")
    weights = quantized(op.constant(normal(rng, 16, 16, 3, 3), name="w1"), -1, 1, 255, "w1/fq")
    x = quantized(data, -2, 2, 256, "data/fq")
    x = op.convolution(x, weights, [1, 1], [1, 1], [1, 1], [1, 1], name="int8")
    plain = op.constant(normal(rng, 16, 16, 3, 3), name="w2")
    x = op.convolution(op.sigmoid(x, name="sigmoid"), plain, [1, 1], [1, 1], [1, 1], [1, 1], name="plain,float")
    return ov.Model([op.result(op.relu(x, name="relu"), name="out")], [data], "half")


def lstm_model():
    """A bidirectional LSTMSequence, which the CPU runs as two."""
    rng, hidden = np.random.default_rng(0), 4
    data = op.parameter([1, 5, 3], np.float32, name="data")
    state = [op.constant(np.zeros((1, 2, hidden), np.float32)) for _ in range(2)]
    weights = [op.constant(normal(rng, 2, 4 * hidden, size)) for size in (3, hidden)]
    bias = op.constant(np.zeros((2, 4 * hidden), np.float32))
    lengths = op.constant(np.array([5], np.int32))
    lstm = op.lstm_sequence(data, *state, lengths, *weights, bias, hidden, "bidirectional", name="lstm")
    return ov.Model([op.result(lstm.output(0), name="out")], [data], "lstm")


def test_precision_and_kernel_are_told_for_each_operation():
    graph = read_executed_graph(half_quantized())
    assert graph["int8"].is_integer
    assert graph["int8"].layer_type == "Convolution"
    assert graph["int8"].kernel.lower().endswith("i8")
    assert not graph["plain,float"].is_integer
    assert graph["plain,float"].precision == "f32"


def test_an_operation_that_was_fused_is_told_by_the_one_it_is_part_of():
    graph = read_executed_graph(half_quantized())
    assert graph["relu"] == graph["plain,float"]


def test_only_operations_of_the_model_are_told():
    model = half_quantized()
    names = {node.get_friendly_name() for node in model.get_ops()}
    graph = read_executed_graph(model)
    assert set(graph) <= names
    assert len(graph) == len(set(graph))
    assert "no such operation" not in graph
    assert graph.get("no such operation") is None


def test_a_sequence_that_runs_as_two_is_found_by_its_place():
    assert read_executed_graph(lstm_model())["lstm"].layer_type == "RNNSeq"


def test_a_compiled_model_is_used_as_it_is():
    model = tiny_cnn()
    compiled = compile_model(model, "CPU")
    assert read_executed_graph(model, compiled=compiled)["conv1"].precision == "f32"


def test_a_missing_device_is_refused():
    with pytest.raises(DeviceError):
        read_executed_graph(tiny_cnn(), "XPU")


@pytest.mark.parametrize(
    ("layer_type", "precision", "kernel", "inputs", "arithmetic", "computes_in"),
    [
        ("Convolution", "u8", "brgconv_avx512_I8", ("u8", "i8"), Arithmetic.INT8, "u8"),
        ("FullyConnected", "i8", "brgemm_avx512_i8", ("i8", "i8"), Arithmetic.INT8, "i8"),
        ("FullyConnected", "i8", "brgemm_avx512_f32", ("f32", "i8"), Arithmetic.WEIGHT_ONLY, "f32"),
        ("FullyConnected", "i8", "undef_f32", ("f32", "i8"), Arithmetic.WEIGHT_ONLY, "f32"),
        ("FullyConnected", "f32", "brgemm_avx512_f32", ("f32", "u4"), Arithmetic.WEIGHT_ONLY, "f32"),
        ("FullyConnected", "u8", "unknown", ("u8", "i8"), Arithmetic.INT8, "u8"),
        ("FullyConnected", "f32", "brgemm_avx512_f32", ("f32", "f32"), Arithmetic.FLOAT, "f32"),
        ("Convolution", "f32", "jit_avx2_f32", ("f32", "f32"), Arithmetic.FLOAT, "f32"),
        ("MatMul", "u8", "brgemm_avx512_i8", ("u8", "i8"), Arithmetic.INT8, "u8"),
        ("RNNSeq", "i8", "ref_any_I8", ("u8",), Arithmetic.INT8, "i8"),
        ("FullyConnected", "bf16", "brgemm_avx512_bf16", ("bf16", "bf16"), Arithmetic.FLOAT, "bf16"),
    ],
)
def test_kernel_and_inputs_tell_what_is_multiplied(layer_type, precision, kernel, inputs, arithmetic, computes_in):
    found = ExecutedOperation("node", layer_type, precision, kernel, inputs)
    assert (found.arithmetic, found.computes_in) == (arithmetic, computes_in)
    assert found.is_integer is (arithmetic == Arithmetic.INT8)


def packed(values):
    scale = np.abs(values).max(axis=0, keepdims=True) / 127
    integers = op.constant(np.rint(values / scale).astype(np.int8))
    return op.multiply(op.convert(integers, np.float32), op.constant(scale.astype(np.float32)))


def two_products(rows, make_weights, is_quantized, size=64):
    """fc1 -> bias -> Relu -> fc2 -> bias."""
    rng = np.random.default_rng(0)
    x = op.parameter([rows, size], np.float32, name="x")
    for name in ("fc1", "fc2"):
        data = quantized(x, 0 if name == "fc2" else -4, 4, 256, f"{name}/fq") if is_quantized else x
        x = op.matmul(data, make_weights(normal(rng, size, size)), False, False, name=name)
        x = op.add(x, op.constant(normal(rng, 1, size)), name=f"{name}_bias")
        x = op.relu(x, name="relu") if name == "fc1" else x
    return ov.Model([op.result(x, name="out")], x_parameters(x), "mlp")


def x_parameters(node):
    while node.get_type_name() != "Parameter":
        node = node.input_value(0).get_node()
    return [node]


@pytest.mark.parametrize("rows", [1, 4, 32])
@pytest.mark.parametrize("hint", ["LATENCY", "THROUGHPUT"])
@pytest.mark.parametrize(
    ("make_weights", "is_quantized", "expected"),
    [
        (packed, True, Arithmetic.INT8),
        (packed, False, Arithmetic.WEIGHT_ONLY),
        (op.constant, False, Arithmetic.FLOAT),
    ],
    ids=["integers", "integer weights", "float"],
)
def test_products_are_told_apart_however_they_are_fused(rows, hint, make_weights, is_quantized, expected):
    """As FullyConnected, named by itself or by its bias alone, or within generated code that is reported in float."""
    model = two_products(rows, make_weights, is_quantized)
    properties = {"PERFORMANCE_HINT": hint, "EXECUTION_MODE_HINT": "ACCURACY", "INFERENCE_PRECISION_HINT": "f32"}
    graph = read_executed_graph(model, properties=properties)
    assert [graph[name].arithmetic for name in ("fc1", "fc2")] == [expected] * 2


def test_nodes_are_counted_with_the_reorderings_that_the_device_adds():
    """A Relu is fused into its convolution; a tensor that two layouts are needed of is converted."""
    executed = read_executed_graph(tiny_cnn())
    compiled = compile_model(tiny_cnn(), "CPU")
    kinds = [node.get_rt_info()["layerType"].astype(str) for node in compiled.get_runtime_model().get_ops()]
    assert executed.num_nodes == len([kind for kind in kinds if kind not in ("Const", "Input", "Output")])
    assert executed.num_nodes >= 3

"""Small ONNX and TensorFlow files, made without those frameworks' runtimes."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def conv_bn_relu(path, seed=0, channels=6):
    """data[1,3,8,8] -> Conv (no bias) -> BatchNormalization -> Relu -> logits."""
    rng = np.random.default_rng(seed)
    initializers = {
        "w": rng.standard_normal((channels, 3, 3, 3)) * 0.3,
        "gamma": rng.uniform(0.5, 2, channels),
        "beta": rng.standard_normal(channels),
        "mean": rng.standard_normal(channels),
        "var": rng.uniform(0.5, 2, channels),
    }
    nodes = [
        helper.make_node("Conv", ["data", "w"], ["c"], name="conv", pads=[1, 1, 1, 1]),
        helper.make_node("BatchNormalization", ["c", "gamma", "beta", "mean", "var"], ["b"], name="norm"),
        helper.make_node("Relu", ["b"], ["logits"], name="act"),
    ]
    return save_onnx(path, nodes, initializers, [1, 3, 8, 8], [1, channels, 8, 8])


def save_onnx(path, nodes, initializers, input_shape, output_shape):
    graph = helper.make_graph(
        nodes,
        "main_graph",
        [helper.make_tensor_value_info("data", TensorProto.FLOAT, input_shape)],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, output_shape)],
        [numpy_helper.from_array(np.asarray(value, np.float32), name) for name, value in initializers.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def _field(number, content):
    """One length-delimited protobuf field."""
    return bytes([number << 3 | 2, len(content)]) + content


def _number(number, value):
    return bytes([number << 3, value])


def _attribute(name, value):
    return _field(5, _field(1, name) + _field(2, value))


def tensorflow_graph():
    """The bytes of a frozen TensorFlow graph: Placeholder data[1,4] -> Relu act."""
    float_type = _number(6, 1)
    shape = _field(7, _field(2, _number(1, 1)) + _field(2, _number(1, 4)))
    data = (
        _field(1, b"data") + _field(2, b"Placeholder") + _attribute(b"dtype", float_type) + _attribute(b"shape", shape)
    )
    act = _field(1, b"act") + _field(2, b"Relu") + _field(3, b"data") + _attribute(b"T", float_type)
    return _field(1, data) + _field(1, act)

"""Small networks made of products: transformers, recurrent and state-space ones, graphs, tables."""

import numpy as np

from network_layers import Layers, constant
from openvino import opset13 as op


def transformer():
    """Patches, attention with several heads, norms, and a perceptron with GELU."""
    net = Layers((1, 3, 32, 32))
    x = net.conv(net.inputs[0], 32, 1)
    x = op.avg_pool(x, [4, 4], [0, 0], [0, 0], [4, 4], False)
    x = op.transpose(op.reshape(x, constant([1, 32, 64], np.int64), False), constant([0, 2, 1], np.int64))
    for _ in range(2):
        y = op.mvn(x, constant([2], np.int64), True, 1e-5, "inside_sqrt")
        heads = []
        for _ in range(3):
            part = op.reshape(net.linear(y, 32, 32), constant([1, 64, 4, 8], np.int64), False)
            heads.append(op.transpose(part, constant([0, 2, 1, 3], np.int64)))
        y = op.transpose(op.scaled_dot_product_attention(*heads), constant([0, 2, 1, 3], np.int64))
        x = op.add(x, net.linear(op.reshape(y, constant([1, 64, 32], np.int64), False), 32, 32))
        y = op.mvn(x, constant([2], np.int64), True, 1e-5, "inside_sqrt")
        x = op.add(x, net.linear(op.gelu(net.linear(y, 32, 64), "erf"), 64, 32))
    return net.model(net.linear(op.reduce_mean(x, constant([1], np.int64), False), 32, 10))


def state_space():
    """A filter of decaying exponentials over time, between gated projections."""
    net = Layers((1, 32, 8))
    x = net.linear(net.inputs[0], 8, 24)
    late = np.maximum(np.arange(32)[:, None] - np.arange(32), 0)
    kernel = np.exp(-np.geomspace(0.05, 1, 24)[:, None, None] * late) * np.tri(32)
    for _ in range(2):
        columns = op.transpose(net.linear(x, 24, 24), constant([2, 1, 0], np.int64))
        state = op.transpose(op.matmul(constant(kernel / 4), columns, False, False), constant([2, 1, 0], np.int64))
        x = op.add(x, net.linear(op.multiply(state, op.swish(net.linear(x, 24, 24))), 24, 24))
    return net.model(net.linear(x, 24, 6))


def graph_network():
    """Features of nodes mixed by products with a dense adjacency matrix, which is an input."""
    net = Layers((1, 24, 12), (1, 24, 24))
    x = net.inputs[0]
    for width in (12, 32):
        x = op.relu(op.matmul(net.inputs[1], net.linear(x, width, 32), False, False))
    return net.model(net.linear(x, 32, 5))


def recommender():
    """DLRM: rows of tables and a perceptron's answer, the products of all pairs, another perceptron."""
    net = Layers((8, 12))
    categories = op.parameter([8, 3], np.int64)
    net.inputs.append(categories)
    below = op.relu(net.linear(op.relu(net.linear(net.inputs[0], 12, 32)), 32, 8))
    rows = [op.unsqueeze(below, constant([1], np.int64))]
    for number in range(3):
        column = op.gather(categories, constant([number], np.int64), constant(1, np.int64))
        rows.append(op.gather(net.weights(40, 8, fan_in=4), column, constant(0, np.int64)))
    features = op.concat(rows, 1)
    pairs = op.reshape(op.matmul(features, features, False, True), constant([8, 16], np.int64), False)
    x = op.relu(net.linear(op.concat([below, pairs], 1), 24, 32))
    return net.model(net.linear(x, 32, 1))


def perceptron():
    net = Layers((16, 32))
    return net.model(net.linear(op.relu(net.linear(op.relu(net.linear(net.inputs[0], 32, 96)), 96, 64)), 64, 10))


def recurrent(kind):
    """A sequence operation and a product of all its steps."""
    net = Layers((1, 12, 16))
    gates, hidden = 4 if kind == "LSTM" else 3, 24
    weights = [net.weights(1, gates * hidden, size, fan_in=2 * size) for size in (16, hidden)]
    bias, zero, length = (
        constant(np.zeros((1, gates * hidden))),
        constant(np.zeros((1, 1, hidden))),
        constant([12], np.int64),
    )
    states = [zero, zero] if kind == "LSTM" else [zero]
    steps = (op.lstm_sequence if kind == "LSTM" else op.gru_sequence)(
        net.inputs[0], *states, length, *weights, bias, hidden, "forward"
    )
    return net.model(net.linear(op.squeeze(steps.output(0), constant([1], np.int64)), hidden, 6))


def language_model():
    """Rows of a table for tokens, a product with the same table at the end."""
    ids = op.parameter([1, 12], np.int64)
    net = Layers()
    net.inputs.append(ids)
    table = net.weights(48, 32, fan_in=8)
    x = op.gather(table, ids, constant(0, np.int64))
    for _ in range(2):
        x = op.add(
            x,
            net.linear(
                op.swish(net.linear(op.mvn(x, constant([2], np.int64), True, 1e-5, "inside_sqrt"), 32, 64)), 64, 32
            ),
        )
        x = op.add(x, op.multiply(op.cum_sum(x, constant(1, np.int64)), constant(0.1)))
    return net.model(op.matmul(x, table, False, True))

import numpy as np
import pytest

import openvino as ov
from openpot.graph.node_index import NodeIndex
from openpot.graph.snapshot import NodeRecord
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.graph.tensor_id import TensorId
from openpot.rewrites.channel_affine import ChannelAffine, OutputChannels, find_output_channels, read_affine
from openvino import opset13 as op

CONV = OutputChannels(4, (4, 3, 3, 3), (0,), 3, 4)
ANY_RANK = OutputChannels(4, (4, 8), (0,), 1, None)


@pytest.mark.parametrize(
    ("channels", "shape", "fits"),
    [
        (CONV, (), True),
        (CONV, (1,), True),
        (CONV, (1, 4, 1, 1), True),
        (CONV, (4, 1, 1), True),
        (CONV, (4,), False),
        (CONV, (1, 1, 1, 4), False),
        (CONV, (1, 4, 2, 1), False),
        (CONV, (1, 1, 1, 1, 1), False),
        (CONV, (1, 1, 4, 1, 1), False),
        (ANY_RANK, (4,), True),
        (ANY_RANK, (1, 4), False),
        (ANY_RANK, (1, 1), False),
    ],
    ids=str,
)
def test_constants_with_one_value_per_channel_are_recognized(channels, shape, fits):
    values = np.arange(np.prod(shape)).reshape(shape) + 2.0
    found = channels.values_per_channel(values)
    assert (found is not None) is fits
    if fits:
        assert found.shape == (4,)
        assert found[0] == 2.0


@pytest.mark.parametrize(
    ("kind", "weights", "port", "rank", "expected"),
    [
        ("Convolution", (6, 3, 1, 1), 1, 4, OutputChannels(6, (6, 3, 1, 1), (0,), 3, 4)),
        ("Convolution", (6, 3, 5), 1, 3, OutputChannels(6, (6, 3, 5), (0,), 2, 3)),
        ("GroupConvolution", (3, 2, 1, 3, 3), 1, 4, OutputChannels(6, (3, 2, 1, 3, 3), (0, 1), 3, 4)),
        ("ConvolutionBackpropData", (3, 6, 2, 2), 1, 4, OutputChannels(6, (3, 6, 2, 2), (1,), 3, 4)),
        ("MatMul", (8, 6), 1, None, OutputChannels(6, (8, 6), (1,), 1, None)),
        ("MatMul", (6, 8), 0, 3, OutputChannels(6, (6, 8), (0,), 2, 3)),
        ("MatMul", (8,), 1, 1, None),
    ],
    ids=["2d", "1d", "grouped", "transposed", "matmul", "matmul on port 0", "vector"],
)
def test_the_channels_of_an_output_follow_from_the_weights(kind, weights, port, rank, expected):
    sources = [TensorId("data"), TensorId("data")]
    sources[port] = TensorId("w")
    node = NodeRecord("op", kind, tuple(sources), (None if rank is None else (None,) * rank,))
    assert find_output_channels(node, weights, port) == expected


def test_values_are_spread_over_weights_and_output():
    grouped = OutputChannels(6, (3, 2, 1, 3, 3), (0, 1), 3, 4)
    assert grouped.spread_over_weights(np.arange(6.0)).shape == (3, 2, 1, 1, 1)
    assert grouped.spread_over_output(np.arange(6.0)).shape == (1, 6, 1, 1)
    assert ANY_RANK.spread_over_output(np.arange(4.0)).shape == (4,)


def test_affine_operations_are_chained_in_order():
    first, second = ChannelAffine(np.array([2.0]), np.array([3.0])), ChannelAffine(np.array([5.0]), np.array([7.0]))
    both = first.then(second)
    assert (both.scale, both.shift) == ([10.0], [22.0])
    assert ChannelAffine.identity(1).then(first).shift == [3.0]


def affine_in_model(make):
    """The affine meaning of the node ``x`` behind a convolution of four channels."""
    data = op.parameter([1, 3, 4, 4], np.float32, name="data")
    conv = op.convolution(
        data, op.constant(np.ones((4, 3, 1, 1), np.float32)), [1, 1], [0, 0], [0, 0], [1, 1], name="c"
    )
    node = make(conv)
    node.set_friendly_name("x")
    model = ov.Model([op.result(node)], [data], "m")
    snapshot = snapshot_from_model(model)
    port = next(number for number, source in enumerate(snapshot["x"].inputs) if source.node == "c")
    return read_affine(snapshot["x"], port, CONV, snapshot, NodeIndex(model))


def constant(*values, shape=(1, 4, 1, 1)):
    return op.constant(np.resize(np.array(values, np.float32), shape))


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda y: op.add(y, constant(2)), (1, 2)),
        (lambda y: op.add(constant(2), y), (1, 2)),
        (lambda y: op.subtract(y, constant(2)), (1, -2)),
        (lambda y: op.subtract(constant(2), y), (-1, 2)),
        (lambda y: op.multiply(constant(2), y), (2, 0)),
        (lambda y: op.divide(y, constant(2)), (0.5, 0)),
        (lambda y: op.divide(constant(2), y), None),
        (lambda y: op.power(y, constant(2)), None),
        (lambda y: op.add(y, constant(2, shape=(1, 1, 4, 4))), None),
        (lambda y: op.multiply(y, op.relu(y)), None),
    ],
    ids=["add", "add left", "subtract", "from", "multiply", "divide", "divisor", "power", "spatial", "no constant"],
)
def test_operations_mean_scale_and_shift(make, expected):
    found = affine_in_model(make)
    if expected is None:
        assert found is None
    else:
        assert (found.scale.tolist(), found.shift.tolist()) == ([expected[0]] * 4, [expected[1]] * 4)


@pytest.mark.parametrize("opset", [ov.opset1, ov.opset5], ids=["opset1", "opset5"])
def test_batch_normalisation_means_scale_and_shift(opset):
    gamma, beta, mean, variance = (np.array(v, np.float32) for v in ([1, 2, 3, 4], [0, 1, 0, 1], [1, 1, 2, 2], [4] * 4))
    parts = [op.constant(value) for value in (gamma, beta, mean, variance)]
    found = affine_in_model(lambda y: opset.batch_norm_inference(y, *parts, 0.0))
    np.testing.assert_allclose(found.scale, gamma / 2)
    np.testing.assert_allclose(found.shift, beta - mean * gamma / 2)

"""What lies between INT8 convolutions and could run on 8-bit data."""

import numpy as np

import openvino as ov
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.graph.tensor_id import InputId, TensorId
from openpot.placement.connections import find_connections
from openvino import opset13 as op
from toy_models import conv, normal

RNG = np.random.default_rng(3)


def block(x, name, side=None):
    """Two convolutions and an addition of what went in, or of ``side``."""
    y = op.relu(conv(x, normal(RNG, 4, 4, 1, 1), f"{name}a"))
    y = op.add(conv(y, normal(RNG, 4, 4, 1, 1), f"{name}b"), op.constant(normal(RNG, 1, 4, 1, 1)))
    return op.relu(op.add(y, x if side is None else side, name=f"{name}add"))


def residual():
    x = op.parameter([1, 4, 8, 8], np.float32, name="x")
    y = op.relu(conv(x, normal(RNG, 4, 4, 1, 1), "first"))
    y = block(block(y, "one"), "two")
    y = op.reduce_mean(y, op.constant([2, 3]), True, name="pool")
    return snapshot_from_model(ov.Model([conv(y, normal(RNG, 3, 4, 1, 1), "last")], [x], "residual"))


EVERYTHING = {"first", "onea", "oneb", "twoa", "twob", "last"}


def names(snapshot, convolutions):
    return [connection.operation for connection in find_connections(snapshot, convolutions)]


def test_additions_and_poolings_are_found_through_what_is_fused():
    snapshot = residual()
    assert names(snapshot, EVERYTHING) == ["oneadd", "twoadd", "pool"]
    first = find_connections(snapshot, EVERYTHING)[0]
    assert first.inputs == tuple(
        (InputId("oneadd", port), TensorId(snapshot["oneadd"].inputs[port].node)) for port in (0, 1)
    )


def test_what_reads_a_float_convolution_stays():
    assert names(residual(), EVERYTHING - {"oneb"}) == []
    assert names(residual(), EVERYTHING - {"twob"}) == ["oneadd"]


def test_additions_of_constants_and_of_vectors_are_none():
    x = op.parameter([1, 8], np.float32, name="x")
    y = op.matmul(x, op.constant(normal(RNG, 8, 8)), False, False, name="fc")
    snapshot = snapshot_from_model(ov.Model([op.add(y, x), op.add(y, op.constant(normal(RNG, 1, 8)))], [x], "fc"))
    assert names(snapshot, {"fc"}) == []


def test_additions_that_broadcast_are_none():
    x = op.parameter([1, 4, 8, 8], np.float32, name="x")
    y = conv(x, normal(RNG, 4, 4, 1, 1), "first")
    scale = conv(op.reduce_mean(y, op.constant([2, 3]), True), normal(RNG, 4, 4, 1, 1), "second")
    assert "sum" not in names(
        snapshot_from_model(ov.Model([op.add(y, scale, name="sum")], [x], "m")), {"first", "second"}
    )

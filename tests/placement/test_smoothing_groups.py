"""Which products can have their data smoothed together."""

import numpy as np

import openvino as ov
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.graph.tensor_id import InputId, TensorId
from openpot.placement.smoothing_groups import find_smoothing_groups
from openvino import opset13 as op
from toy_models import normal

RNG = np.random.default_rng(1)


def network():
    x = op.parameter([1, 5, 8], np.float32, name="x")
    shared = op.constant(normal(RNG, 8, 8), name="shared")
    y = op.relu(x, name="y")
    half = op.convert(op.constant(normal(RNG, 8, 6).astype(np.float16)), np.float32)
    ends = [
        op.matmul(y, op.constant(normal(RNG, 8, 6)), False, False, name="plain"),
        op.matmul(y, op.constant(normal(RNG, 6, 8)), False, True, name="turned"),
        op.matmul(x, half, False, False, name="half"),
        op.matmul(y, shared, False, False, name="shares"),
        op.matmul(op.sigmoid(y), shared, False, False, name="shares too"),
        op.matmul(y, op.transpose(x, op.constant([0, 2, 1])), False, False, name="of data"),
        op.matmul(op.constant(normal(RNG, 6, 5)), y, False, False, name="left"),
    ]
    return snapshot_from_model(ov.Model(ends, [x], "network"))


def test_products_of_one_tensor_are_one_group():
    snapshot = network()
    groups = find_smoothing_groups(snapshot, {node.name for node in snapshot.nodes_of_type("MatMul")})
    found = {group.data: group for group in groups}
    assert {tensor: set(group.products) for tensor, group in found.items()} == {
        TensorId("y"): {"plain", "turned"},
        TensorId("x"): {"half"},
    }
    group = found[TensorId("y")]
    assert dict(zip(group.products, group.transposed, strict=True)) == {"plain": False, "turned": True}
    assert set(group.weights) == {InputId("plain", 1), InputId("turned", 1)}


def test_single_rows_are_left_alone():
    x = op.parameter([1, 8], np.float32, name="x")
    product = op.matmul(x, op.constant(normal(RNG, 8, 6)), False, False, name="head")
    assert not find_smoothing_groups(snapshot_from_model(ov.Model([product], [x], "head")), {"head"})


def test_products_in_float_are_in_none():
    (group,) = find_smoothing_groups(network(), {"turned"})
    assert group.products == ("turned",)

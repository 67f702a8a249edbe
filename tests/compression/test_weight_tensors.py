import numpy as np
import pytest

import openvino as ov
from compressible_models import language_model
from openpot.compression.weight_tensors import MIN_VALUES, Role, find_weights
from openpot.graph.revisions import snapshot_graphs
from openvino import opset13 as op
from toy_models import tiny_cnn


def found(model, ignored=None):
    return find_weights(snapshot_graphs(model)[""], ignored)


def test_layers_tables_and_the_last_product_are_told_apart():
    roles = {one.tensor.node: (one.role, one.axis) for one in found(language_model(tied=False)).tensors}
    assert roles == {
        "table": (Role.TABLE, 1),
        "up_w": (Role.LAYER, 1),
        "down_w": (Role.LAYER, 0),
        "head_w": (Role.LAST_PRODUCT, 1),
    }


def test_a_table_that_the_last_product_reads_is_one_tensor():
    (tied, *_) = found(language_model()).tensors
    assert (tied.role, [reader.node for reader in tied.readers]) == (Role.LAST_PRODUCT, ["embedding", "head"])


def test_weights_behind_a_conversion_are_found_there():
    assert [one.tensor.node for one in found(language_model(half=True)).tensors] == ["table32", "up_w32", "down_w32"]


def test_what_the_user_left_out_is_kept_with_the_reason():
    kept = found(language_model(), {"up": "left out"}).kept
    assert [(one.name, one.reason) for one in kept] == [("up", "left out")]


def test_convolutions_are_kept_and_small_weights_are_passed_over():
    result = found(tiny_cnn(channels=16))
    assert result.tensors == ()
    assert [one.name for one in result.kept] == ["conv2"]
    assert 16 * 16 * 9 >= MIN_VALUES > 5 * 16


def test_a_further_reader_keeps_weights_as_they_are():
    model = language_model()
    table = next(node for node in model.get_ops() if node.get_friendly_name() == "table")
    total = op.reduce_sum(table, op.constant(np.array([0, 1])), name="sum")
    extended = ov.Model([*model.get_results(), op.result(total)], model.get_parameters(), "extended")
    assert [one.reason for one in found(extended).kept] == ["a ReduceSum reads it, too"]


@pytest.mark.parametrize(
    ("shape", "data", "on_the_left", "reason"),
    [((64, 32), [32, -1], True, "on the left"), ((4, 32, 64), [4, -1, 32], False, "batch of matrices")],
)
def test_products_whose_weights_the_device_unpacks_keep_them(shape, data, on_the_left, reason):
    x = op.parameter(data, np.float32, name="x")
    values = op.constant(np.ones(shape, np.float32), name="w")
    product = op.matmul(values, x, False, False) if on_the_left else op.matmul(x, values, False, False)
    (kept,) = found(ov.Model([op.result(product)], [x], "product")).kept
    assert reason in kept.reason

import numpy as np

import openvino as ov
from openpot.graph.merge_constants import MIN_VALUES, merge_equal_constants
from openpot.graph.snapshot_model import snapshot_from_model
from openvino import opset13 as op
from toy_models import run

VALUES = np.random.default_rng(0).standard_normal((40, 40)).astype(np.float32)


def two_products(first, second):
    data = op.parameter([1, 40], np.float32, name="data")
    one = op.matmul(data, op.constant(first, name="one"), False, False, name="product_1")
    two = op.matmul(one, op.constant(second, name="two"), False, False, name="product_2")
    return ov.Model([op.result(two, name="result")], [data], "m")


def constants(model):
    return [node.name for node in snapshot_from_model(model).nodes_of_type("Constant")]


def test_equal_constants_become_the_first_of_them_and_the_model_computes_the_same():
    model, data = two_products(VALUES, VALUES.copy()), VALUES[:1]
    before = run(model, data)[0]
    assert merge_equal_constants(model) == ("two",)
    assert constants(model) == ["one"]
    np.testing.assert_array_equal(run(model, data)[0], before)


def test_constants_that_differ_in_values_shape_or_type_stay():
    assert merge_equal_constants(two_products(VALUES, VALUES + 1)) == ()
    zeros = op.constant(np.zeros((40, 40), np.int32), name="zeros")
    data = op.parameter([40, 40], np.float32, name="data")
    total = op.add(op.add(data, op.constant(np.zeros((40, 40), np.float32))), op.convert(zeros, np.float32))
    wide = op.add(total, op.constant(np.zeros((1, 40, 40), np.float32)))
    model = ov.Model([op.result(wide)], [data], "m")
    assert merge_equal_constants(model) == ()


def test_small_constants_stay():
    small = VALUES[: MIN_VALUES // 40 - 1]
    data = op.parameter([1, 40], np.float32, name="data")
    outs = [op.result(op.matmul(data, op.constant(small.copy()), False, True)) for _ in range(2)]
    assert merge_equal_constants(ov.Model(outs, [data], "m")) == ()


def test_a_constant_that_was_an_output_keeps_its_tensor_name():
    data = op.parameter([1, 40], np.float32, name="data")
    one, two = op.constant(VALUES, name="one"), op.constant(VALUES.copy(), name="two")
    two.output(0).get_tensor().set_names({"table"})
    model = ov.Model([op.result(op.matmul(data, one, False, False)), op.result(two)], [data], "m")
    assert len(merge_equal_constants(model)) == 1
    assert "table" in model.outputs[1].get_names()

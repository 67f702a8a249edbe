import numpy as np

import openvino as ov
from openpot.measure.work import Work, measure_work
from openvino import opset13 as op
from toy_models import loop_model, tiny_cnn


def dynamic_product(weights=None):
    x = op.parameter(ov.PartialShape([-1, 16]), np.float32, name="x")
    table = op.constant(np.ones((16, 4), np.float32)) if weights is None else weights
    return ov.Model([op.result(op.matmul(x, table, False, False, name="product"))], [x], "m")


def test_sizes_that_the_model_leaves_open_are_those_of_the_inputs():
    inputs = {0: np.ones((7, 16), np.float32)}
    model = dynamic_product()
    assert measure_work(model, inputs)["product"].multiplications == 7 * 16 * 4
    assert model.inputs[0].get_partial_shape().is_dynamic


def test_inputs_that_do_not_fit_are_passed_over():
    assert measure_work(dynamic_product(), {0: np.ones((7, 15), np.float32)})["product"].multiplications > 0


def test_operations_of_bodies_are_marked():
    assert measure_work(loop_model(steps=2, width=4)) == {"loop|fc": Work("MatMul", 2 * 16, is_in_body=True)}


def test_packed_weights_are_seen():
    packed = op.convert(op.constant(np.ones((16, 4), np.int8)), np.float32)
    assert measure_work(dynamic_product(packed))["product"].has_packed_weights
    assert not measure_work(tiny_cnn())["conv1"].has_packed_weights

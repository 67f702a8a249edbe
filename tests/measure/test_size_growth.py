import numpy as np

import openvino as ov
from openpot.measure.size_growth import explain_growth, find_grown_operations, list_stored_constants
from openvino import opset13 as op
from toy_models import loop_model

VALUES = np.random.default_rng(0).standard_normal((64, 64)).astype(np.float32)


def two_products(first, second, bias=0):
    data = op.parameter([1, 64], np.float32, name="data")

    def stored(values, name):
        node = op.constant(values, name=name)
        return node if values.dtype == np.float32 else op.convert(node, np.float32)

    one = op.matmul(data, stored(first, "one"), False, False, name="product_1")
    two = op.matmul(one, stored(second, "two"), False, False, name="product_2")
    out = op.add(two, op.constant(np.ones((1, bias), np.float32)), name="shift") if bias else two
    return ov.Model([op.result(out, name="result")], [data], "m")


def test_a_result_that_is_not_larger_needs_no_words():
    model = two_products(VALUES, VALUES + 1)
    assert explain_growth(model, model) == ()
    assert explain_growth(model, two_products(VALUES.astype(np.float16), VALUES + 1)) == ()


def test_a_constant_that_is_stored_twice_is_named_with_whom_it_was_shared():
    source = two_products(VALUES, VALUES)
    result = two_products(VALUES, VALUES.astype(np.int8))
    (told,) = explain_growth(source, result)
    assert "20.48 kB of constants, before 16.38 kB" in told
    assert "for 'product_2' 4.10 kB in i8 are stored, before nothing, shared with 'product_1'" in told


def test_a_wider_type_is_named():
    (told,) = explain_growth(two_products(VALUES.astype(np.float16), VALUES), two_products(VALUES, VALUES + 1))
    assert "for 'product_1' 16.38 kB in f32 are stored, before 8.19 kB in f16" in told
    assert "product_2" not in told


def test_new_operations_are_named():
    source = two_products(VALUES, VALUES)
    assert list(find_grown_operations(source, two_products(VALUES, VALUES, bias=64))) == ["shift"]


def test_constants_of_bodies_belong_to_operations_of_the_body():
    stored = list_stored_constants(loop_model(width=4))
    assert stored["loop|fc"].size == 64


def test_many_operations_are_summed_up():
    def sums(count):
        data = op.parameter([1, 8], np.float32, name="data")
        x = data
        for number in range(count):
            x = op.add(x, op.constant(np.full((1, 8), number, np.float32)), name=f"add_{number}")
        return ov.Model([op.result(x)], [data], "m")

    (told,) = explain_growth(sums(1), sums(6))
    assert told.endswith("0.06 kB more for others")

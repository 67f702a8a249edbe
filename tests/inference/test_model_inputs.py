import numpy as np

import openvino as ov
from openpot.inference.compile import compile_model
from openpot.inference.model_inputs import describe_inputs, number_inputs
from openvino import opset13 as op
from toy_models import tiny_cnn


def two_inputs():
    tokens = op.parameter([-1, -1], np.int64, name="tokens")
    image = op.parameter([1, 3], np.float32, name="image/sink_port_0")
    tokens.output(0).get_tensor().set_names({"ids", "input_ids"})
    total = op.add(op.reduce_sum(op.convert(tokens, "f32"), op.constant(np.array([0, 1])), False), image)
    return ov.Model([op.result(total, name="out")], [tokens, image], "two")


def test_inputs_are_described_in_order_with_all_their_names():
    tokens, image = describe_inputs(two_inputs())
    assert (tokens.name, tokens.shape, tokens.element_type) == ("ids", (None, None), "i64")
    assert tokens.names == {"ids", "input_ids", "tokens"}
    assert (image.name, image.shape) == ("image/sink_port_0", (1, 3))
    assert image.names == {"image/sink_port_0", "image"}


def test_inputs_are_numbered_by_their_parameters():
    assert number_inputs(two_inputs()) == {"tokens": 0, "image/sink_port_0": 1}


def test_a_compiled_model_has_the_same_inputs():
    model = tiny_cnn()
    assert describe_inputs(compile_model(model, "CPU")) == describe_inputs(model)


def test_what_the_model_says_about_its_input_is_passed_on():
    model = tiny_cnn()
    model.get_parameters()[0].set_layout(ov.Layout("NCHW"))
    model.set_rt_info("255", ["model_info", "scale_values"])
    (given,) = describe_inputs(model)
    assert given.layout == "[N,C,H,W]"
    assert given.model_info == {"scale_values": "255"}

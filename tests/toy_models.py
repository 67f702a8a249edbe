"""Small models for tests, built in code with fixed seeds."""

import functools
from weakref import WeakKeyDictionary

import numpy as np

import openvino as ov
from openpot.graph.model_digest import model_digest
from openvino import opset13 as op


def built_once(build):
    """Gives copies of the first network that a function makes, for each choice of its arguments.

    The runtime gives operations without a name a number that grows. Copies have the same one, so that nothing that is
    made of them is compiled twice.
    """
    built = functools.cache(build)

    @functools.wraps(build)
    def copy(*args, **options):
        return built(*args, **options).clone()

    return copy


def conv(x, weights, name, pad=0, stride=1, bias=None):
    """Convolution with an optional bias Add named ``<name>_bias``."""
    node = op.convolution(
        x, op.constant(weights, name=f"{name}_w"), [stride] * 2, [pad] * 2, [pad] * 2, [1, 1], name=name
    )
    if bias is None:
        return node
    return op.add(
        node, op.constant(np.asarray(bias, np.float32).reshape(1, -1, 1, 1), name=f"{name}_b"), name=f"{name}_bias"
    )


def depthwise(x, weights, name, pad=1, bias=None):
    node = op.group_convolution(
        x, op.constant(weights, name=f"{name}_w"), [1, 1], [pad] * 2, [pad] * 2, [1, 1], name=name
    )
    if bias is None:
        return node
    return op.add(
        node, op.constant(np.asarray(bias, np.float32).reshape(1, -1, 1, 1), name=f"{name}_b"), name=f"{name}_bias"
    )


def normal(rng, *shape, scale=0.3):
    return (rng.standard_normal(shape) * scale).astype(np.float32)


def tiny_cnn(seed=0, batch=1, channels=8):
    """data[batch,3,16,16] -> conv1+bias -> ReLU -> conv2+bias -> ReLU -> ReduceMean -> MatMul+bias."""
    rng = np.random.default_rng(seed)
    data = op.parameter([batch, 3, 16, 16], np.float32, name="data")
    x = op.relu(conv(data, normal(rng, channels, 3, 3, 3), "conv1", 1, bias=normal(rng, channels)), name="relu1")
    x = op.relu(conv(x, normal(rng, channels, channels, 3, 3), "conv2", 1, bias=normal(rng, channels)), name="relu2")
    x = op.reduce_mean(x, op.constant(np.array([2, 3]), name="axes"), keep_dims=False, name="pool")
    x = op.matmul(x, op.constant(normal(rng, 5, channels), name="fc_w"), False, True, name="fc")
    x = op.add(x, op.constant(normal(rng, 1, 5), name="fc_b"), name="fc_bias")
    x.output(0).get_tensor().set_names({"logits"})
    data.output(0).get_tensor().set_names({"data"})
    return ov.Model([op.result(x, name="result")], [data], "tiny")


def worked_example(seed=0):
    """The net of the first worked example of POT's placement (18 FakeQuantize on ANY/performance)."""
    rng = np.random.default_rng(seed)
    c = 8
    data = op.parameter([1, 3, 16, 16], np.float32, name="data")
    x = op.relu(conv(data, normal(rng, c, 3, 3, 3), "conv1", 1, bias=normal(rng, c)), name="relu1")
    x = depthwise(x, normal(rng, c, 1, 1, 3, 3), "dw", bias=normal(rng, c))
    x = op.clamp(x, 0.0, 6.0, name="relu6")
    c2 = conv(x, normal(rng, c, c, 1, 1), "conv2", bias=normal(rng, c))
    c3 = conv(c2, normal(rng, c, c, 1, 1), "conv3", bias=normal(rng, c))
    res = op.relu(op.add(c2, c3, name="res"), name="relu_res")
    pool = op.max_pool(res, [2, 2], [1, 1], [0, 0], [0, 0], [2, 2], name="pool").output(0)
    up = op.convolution_backprop_data(
        pool, op.constant(normal(rng, c, c, 2, 2), name="deconv_w"), [2, 2], name="deconv"
    )
    c4 = conv(res, normal(rng, c, c, 3, 3), "conv4", 1)
    x = op.concat([up, c4], 1, name="concat")
    x = op.swish(conv(x, normal(rng, c, 2 * c, 1, 1), "conv5", bias=normal(rng, c)), name="swish")
    x = op.reduce_mean(x, op.constant(np.array([2, 3]), name="axes"), keep_dims=True, name="gap")
    x = op.reshape(x, op.constant(np.array([1, c]), name="shape"), False, name="flat")
    x = op.matmul(x, op.constant(normal(rng, 5, c), name="fc_w"), False, True, name="fc")
    x = op.add(x, op.constant(normal(rng, 1, 5), name="fc_b"), name="fc_bias")
    x = op.softmax(x, 1, name="prob")
    return ov.Model([op.result(x, name="result")], [data], "worked_example")


def images(count=6, shape=(3, 16, 16), seed=1, mean=0.3):
    rng = np.random.default_rng(seed)
    return [(rng.standard_normal(shape) + mean).astype(np.float32) for _ in range(count)]


def if_model():
    """cond ? x + 1 : x * 2, both bodies with a node called ``inner``; the If is called ``choice``."""
    condition = op.parameter([], np.bool_, name="cond")
    x = op.parameter([1, 3], np.float32, name="x")

    def body(make, value, name):
        inside = op.parameter([1, 3], np.float32, name="p")
        answer = op.result(
            make(inside, op.constant(np.full((1, 3), value, np.float32), name="k"), name="inner"), name="r"
        )
        return ov.Model([answer], [inside], name), inside, answer

    then_body, then_in, then_out = body(op.add, 1, "then")
    else_body, else_in, else_out = body(op.multiply, 2, "else")
    choice = op.if_op(condition.output(0))
    choice.set_friendly_name("choice")
    choice.set_then_body(then_body)
    choice.set_else_body(else_body)
    choice.set_input(x.output(0), then_in, else_in)
    out = choice.set_output(then_out, else_out)
    return ov.Model([op.result(out, name="result")], [condition, x], "if_model")


def loop_model(steps=3, width=4):
    """A Loop named ``loop`` that multiplies x[1,width] by a matrix ``steps`` times; its MatMul is ``loop|fc``."""
    rng = np.random.default_rng(3)
    x = op.parameter([1, width], np.float32, name="x")
    inside = op.parameter([1, width], np.float32, name="p")
    fc = op.matmul(inside, op.constant(normal(rng, width, width), name="fc_w"), False, True, name="fc")
    state = op.result(fc, name="state")
    go_on = op.result(op.constant(np.array(True), name="yes"), name="go_on")
    body = ov.Model([state, go_on], [inside], "body")
    loop = op.loop(op.constant(np.array(steps, np.int64), name="trip"), op.constant(np.array(True), name="start"))
    loop.set_friendly_name("loop")
    loop.set_function(body)
    loop.set_special_body_ports([-1, 1])
    loop.set_merged_input(inside, x.output(0), state.output(0))
    out = loop.get_iter_value(state.output(0), -1)
    return ov.Model([op.result(out, name="result")], [x], "loop_model")


def run(model, *inputs):
    """The outputs of a model on the CPU in FP32; it is compiled when it is new or has changed."""
    digest = model_digest(model)
    if _compiled.get(model, ("", None))[0] != digest:
        properties = {"EXECUTION_MODE_HINT": "ACCURACY", "INFERENCE_PRECISION_HINT": "f32"}
        _compiled[model] = digest, ov.Core().compile_model(model, "CPU", properties)
    _, compiled = _compiled[model]
    return [np.array(value) for value in compiled.create_infer_request().infer(list(inputs)).values()]


_compiled = WeakKeyDictionary()

"""A small model that keeps a state, and streams for it."""

import numpy as np
from openvino._offline_transformations import apply_make_stateful_transformation

import openvino as ov
from openvino import opset13 as op
from toy_models import built_once

WIDTH, STATE = 8, 16


def constant(seed, *shape, scale=1.0):
    return op.constant((np.random.default_rng(seed).standard_normal(shape) * scale).astype(np.float32))


@built_once
def stream_model(batch=1, keep=0.95):
    """x[batch,8] -> product ``into`` -> state = keep * state + input -> product ``out`` -> y; no feedback but keep."""
    x = op.parameter(ov.PartialShape([batch, WIDTH]), np.float32, name="x")
    state = op.parameter(ov.PartialShape([batch, STATE]), np.float32, name="state")
    into = op.matmul(x, constant(1, WIDTH, STATE, scale=0.4), False, False, name="into")
    new = op.add(op.multiply(state, op.constant(np.float32(keep))), into, name="new")
    out = op.matmul(op.relu(new), constant(2, STATE, 4, scale=0.4), False, False, name="out")
    for name, node in (("x", x), ("state", state), ("new", new), ("y", out)):
        node.output(0).get_tensor().set_names({name})
    model = ov.Model([op.result(out), op.result(new)], [x, state], "stream")
    apply_make_stateful_transformation(model, {"state": "new"})
    return model


@built_once
def cache_model():
    """tokens[1,?,8] are appended to a cache; y = product of all of it: a state that grows."""
    x = op.parameter(ov.PartialShape([1, -1, WIDTH]), np.float32, name="x")
    past = op.parameter(ov.PartialShape([1, -1, WIDTH]), np.float32, name="past")
    both = op.concat([past, x], 1, name="both")
    out = op.matmul(both, constant(3, WIDTH, WIDTH), False, False, name="out")
    for name, node in (("x", x), ("past", past), ("both", both), ("y", out)):
        node.output(0).get_tensor().set_names({name})
    model = ov.Model([op.result(out), op.result(both)], [x, past], "cache")
    apply_make_stateful_transformation(model, {"past": "both"})
    return model


def steps(count, seed=0, batch=1):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal((batch, WIDTH)).astype(np.float32) + 0.5 for _ in range(count)]


def streams(count, length=12, seed=0):
    """Arrays of shape (length, 1, 8)."""
    return [np.stack(steps(length, seed + number)) for number in range(count)]


def run_stream(model, stream):
    """The output of every step, from the initial state."""
    (outputs,) = run_streams(model, [stream])
    return outputs


def run_streams(model, streams):
    """The output of every step of every stream, each from the initial state."""
    properties = {"EXECUTION_MODE_HINT": "ACCURACY", "INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}
    compiled = ov.Core().compile_model(model, "CPU", properties)
    return [_run_stream(compiled.create_infer_request(), stream) for stream in streams]


def _run_stream(request, stream):
    return np.stack([next(iter(request.infer([step]).values())).copy() for step in stream])

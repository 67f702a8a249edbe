"""Small language-like models whose weights can be stored in few bits."""

import numpy as np

import openvino as ov
from openvino import opset13 as op

WIDTH, HIDDEN, VOCABULARY = 64, 96, 128


def weights(seed, *shape):
    rng = np.random.default_rng(seed)
    return (rng.standard_t(6, shape) * 0.1).astype(np.float32)


def linear(data, values, name, transposed=True, half=False):
    node = op.constant(values.astype(np.float16) if half else values, name=f"{name}_w")
    if half:
        node = op.convert(node, ov.Type.f32, name=f"{name}_w32")
    return op.matmul(data, node, False, transposed, name=name)


def language_model(tied=True, half=False):
    """tokens[?,?] -> embedding -> gelu(up) -> down -> residual -> logits[?,?,128]; the last product reads the table."""
    tokens = op.parameter([-1, -1], np.int64, name="tokens")
    tokens.output(0).get_tensor().set_names({"tokens"})
    values = weights(0, VOCABULARY, WIDTH)
    table = op.constant(values.astype(np.float16) if half else values, name="table")
    if half:
        table = op.convert(table, ov.Type.f32, name="table32")
    x = op.gather(table, tokens, op.constant(0, name="axis"), name="embedding")
    up = op.gelu(linear(x, weights(1, HIDDEN, WIDTH), "up", half=half), "ERF", name="act")
    down = linear(up, weights(2, HIDDEN, WIDTH), "down", transposed=False, half=half)
    x = op.add(x, down, name="residual")
    head = op.matmul(x, table, False, True, name="head") if tied else linear(x, weights(3, VOCABULARY, WIDTH), "head")
    head.output(0).get_tensor().set_names({"logits"})
    return ov.Model([op.result(head, name="result")], [tokens], "language_model")


def token_samples(count=6, length=12, seed=5):
    rng = np.random.default_rng(seed)
    return [rng.integers(0, VOCABULARY, (1, length), dtype=np.int64) for _ in range(count)]


def run(model, samples):
    """Outputs in exact arithmetic, one array a sample."""
    config = {"EXECUTION_MODE_HINT": "ACCURACY", "INFERENCE_PRECISION_HINT": "f32"}
    compiled = ov.Core().compile_model(model, "CPU", config)
    return [np.array(compiled([sample])[0]) for sample in samples]


def relative_error(reference, given):
    error = sum(np.square(a - b).sum() for a, b in zip(reference, given, strict=True))
    return float(np.sqrt(error / sum(np.square(a).sum() for a in reference)))

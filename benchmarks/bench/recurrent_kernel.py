"""What the INT8 kernel of an LSTM does with the scales it is given: recurrent_kernel.py

One LSTM (40 inputs, 256 hidden channels, 50 steps, rows of different sizes) on data up to 3, in seven forms. Prints for each form the
closeness to float of what the kernel computes and of weights rounded alike in float, in dB, and latency against float in turns.
"""
import time

import numpy as np
import openvino as ov
from openvino import opset13 as op

INPUTS, HIDDEN, STEPS, LARGEST = 40, 256, 50, 3.0
FLOAT = {"INFERENCE_PRECISION_HINT": "f32"}
FORMS = {  # scales: who shares them; range of the data: scaled to that of the hidden states, or as it is; limits of weights
    "own scales for each matrix and row": ("own", True, 1.0),
    "rows share scales between matrices": ("rows", True, 1.0),
    "and the gates of a channel one": ("channels", True, 1.0),
    "and its first two gates only": ("two gates", True, 1.0),
    "one scale for both matrices": ("tensor", True, 1.0),
    "two gates, data not scaled": ("two gates", False, 1.0),
    "two gates, weights halved": ("two gates", True, 2.0),
}


def make_weights(seed=1):
    rng = np.random.default_rng(seed)
    rows = np.exp(rng.standard_normal((1, 4 * HIDDEN, 1)) / 2)
    scale = rows * 1.7 / np.sqrt(HIDDEN)
    weights = scale * rng.uniform(-1, 1, (1, 4 * HIDDEN, INPUTS)) / LARGEST
    recurrent = scale * rng.uniform(-1, 1, (1, 4 * HIDDEN, HIDDEN))
    bias = rng.uniform(-1, 1, (1, 4 * HIDDEN)) / np.sqrt(HIDDEN)
    return [values.astype(np.float32) for values in (weights, recurrent, bias)]


def share_limits(weights, recurrent, form):
    rows = [np.abs(values).max(2) for values in (weights, recurrent)]
    if form == "own":
        return [values[:, :, None] for values in rows]
    gates = np.maximum(*rows).reshape(1, 4, HIDDEN).copy()
    if form == "tensor":
        gates[:] = gates.max()
    elif form != "rows":
        shared = slice(None) if form == "channels" else slice(2)
        gates[:, shared] = gates[:, shared].max(1, keepdims=True)
    return [gates.reshape(1, -1, 1)] * 2


def build(form=None, scaled=True, wider=1.0, hidden=1.0, simulated=False):
    """The network in float (no form), with quantizers, or with weights that are rounded in float."""
    weights, recurrent, bias = make_weights()
    x = op.parameter([1, STEPS, INPUTS], np.float32, name="x")
    data = x
    constants = [op.constant(weights), op.constant(recurrent)]
    if form:
        factor = LARGEST / hidden if scaled else 1.0
        limit = hidden if scaled else LARGEST
        data = op.multiply(x, np.float32(1 / factor))
        ends = [np.float32(-limit * 128 / 127), np.float32(limit)]
        data = op.fake_quantize(data, *ends, *ends, 256)
        matrices = [weights * np.float32(factor), recurrent]
        limits = [np.float32(values * wider) for values in share_limits(*matrices, form)]
        constants = [
            op.constant(np.float32(np.clip(np.rint(values / ends * 127), -127, 127) * ends / 127)) if simulated
            else op.fake_quantize(op.constant(values), -ends, ends, -ends, ends, 255)
            for values, ends in zip(matrices, limits)
        ]
    state = op.constant(np.zeros((1, 1, HIDDEN), np.float32))
    lengths = op.constant(np.full(1, STEPS, np.int32))
    layer = op.lstm_sequence(data, state, state, lengths, *constants, op.constant(bias), HIDDEN, "forward")
    return ov.Model([layer.output(0)], [x], "lstm")


def build_pair(padding=None):
    """Two layers of one shape whose weights differ by a factor of three, in float (no padding) or in INT8 ("two gates")."""
    x = op.parameter([1, STEPS, HIDDEN], np.float32, name="x")
    state, lengths, data = op.constant(np.zeros((1, 1, HIDDEN), np.float32)), op.constant(np.full(1, STEPS, np.int32)), x
    for number, size in enumerate((3.0, 1.0)):
        rng = np.random.default_rng(number)
        matrices = [np.float32(size * rng.uniform(-1, 1, (1, 4 * HIDDEN, HIDDEN)) / np.sqrt(HIDDEN)) for _ in range(2)]
        if padding is not None:
            zeros = padding * number
            if zeros:
                data = op.pad(data, np.zeros(3, np.int64), np.array([0, 0, zeros]), "constant", np.float32(0))
            data = op.fake_quantize(data, np.float32(-128 / 127), np.float32(1), np.float32(-128 / 127), np.float32(1), 256)
            matrices[0] = np.pad(matrices[0], ((0, 0), (0, 0), (0, zeros)))
            ends = np.float32(share_limits(*matrices, "two gates")[0])
            matrices = [op.fake_quantize(op.constant(values), -ends, ends, -ends, ends, 255) for values in matrices]
        else:
            matrices = [op.constant(values) for values in matrices]
        layer = op.lstm_sequence(data, state, state, lengths, *matrices, op.constant(np.zeros((1, 4 * HIDDEN), np.float32)), HIDDEN, "forward")
        data = op.squeeze(layer.output(0), op.constant([1]))
    return ov.Model([data], [x], "pair")


def closeness(expected, given):
    return 10 * np.log10(np.square(expected - expected.mean(0)).sum() / np.square(expected - given).sum())


def main():
    core, rng = ov.Core(), np.random.default_rng(0)
    samples = [np.float32(LARGEST * np.tanh(rng.standard_normal((1, STEPS, INPUTS)))) for _ in range(8)]
    infer = lambda compiled: np.stack([compiled(x)[0].copy() for x in samples])  # noqa: E731
    reference = core.compile_model(build(), "CPU", FLOAT)
    expected = infer(reference)
    hidden = float(np.abs(expected).max())
    print("| form | kernel, dB | rounded in float, dB | times as fast as float |\n|---|---|---|---|")
    for name, form in FORMS.items():
        compiled = core.compile_model(build(*form, hidden), "CPU", FLOAT)
        simulated = core.compile_model(build(*form, hidden, simulated=True), "CPU", {**FLOAT, "LP_TRANSFORMS_MODE": False})
        ratios = []
        for _ in range(40):
            seconds = []
            for model in (reference, compiled):
                start = time.perf_counter()
                model(samples[0])
                seconds.append(time.perf_counter() - start)
            ratios.append(seconds[0] / seconds[1])
        print(f"| {name} | {closeness(expected, infer(compiled)):.1f} | {closeness(expected, infer(simulated)):.1f} | {np.median(ratios):.1f} |")
    samples = [np.float32(np.tanh(rng.standard_normal((1, STEPS, HIDDEN)))) for _ in range(8)]
    infer = lambda compiled: np.stack([compiled(x)[0].copy() for x in samples])  # noqa: E731
    expected = infer(core.compile_model(build_pair(), "CPU", FLOAT))
    for padding in (0, 4):
        print(f"two layers of one shape, {padding} inputs of zeros for the second: {closeness(expected, infer(core.compile_model(build_pair(padding), 'CPU', FLOAT))):.1f} dB")


if __name__ == "__main__":
    main()

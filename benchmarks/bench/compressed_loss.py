"""What compressed models lose: compressed_loss.py HELD_OUT.npz SOURCE.xml A.xml B.xml ... One JSON line for each.

kl and top1: divergence (nats) of the predicted tokens from those of the source and share of equal first ones, where the
last axis is a vocabulary (over 1000 values); error: root of the mean squared error as a share of the variation between
positions. Of the first output whose last axis has a known size; each in accuracy mode and, as `run_...`, with the
runtime's own settings.
"""
import json
import sys

import numpy as np
import openvino as ov

from calib import read_calib

EXACT = {"EXECUTION_MODE_HINT": "ACCURACY", "INFERENCE_PRECISION_HINT": "f32"}
VOCABULARY = 1000
samples, source, paths = read_calib(sys.argv[1]), sys.argv[2], sys.argv[3:]
core = ov.Core()


def outputs(path, properties):
    compiled = core.compile_model(path, "CPU", properties)
    shown = next(number for number, port in enumerate(compiled.outputs) if port.get_partial_shape()[-1].is_static)
    for sample in samples:
        values = np.array(compiled(sample)[shown], np.float32)
        yield values.reshape(-1, values.shape[-1])


def log_shares(logits):
    shifted = logits - logits.max(1, keepdims=True)
    return shifted - np.log(np.exp(shifted, dtype=np.float32).sum(1, keepdims=True, dtype=np.float64)).astype(np.float32)


def compare(reference, path, properties):
    divergence, same, errors = [], [], []
    for before, after in zip(reference, outputs(path, properties), strict=True):
        if before.shape[1] > VOCABULARY:
            shares = log_shares(after)
            divergence += list((np.exp(before) * (before - shares)).sum(1, dtype=np.float64))
            same += list(before.argmax(1) == shares.argmax(1))
        else:
            errors.append(np.square(after - before, dtype=np.float64).sum(0))
    if divergence:
        return {"kl": round(float(np.mean(divergence)), 5), "top1": round(float(np.mean(same)), 4)}
    rows = np.concatenate(reference).astype(np.float64)
    return {"error": round(float(np.sqrt(np.sum(errors) / np.square(rows - rows.mean(0)).sum())), 5)}


reference = [log_shares(values) if values.shape[1] > VOCABULARY else values for values in outputs(source, EXACT)]
for path in paths:
    exact, run = (compare(reference, path, properties) for properties in (EXACT, {}))
    print(json.dumps({"path": path, **exact, **{f"run_{name}": value for name, value in run.items()}}), flush=True)

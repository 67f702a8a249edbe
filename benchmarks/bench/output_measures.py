"""Measures of how far a quantized model's outputs are, beside the error of all values: output_measures.py FP32.xml INT8.xml CALIB.npz

Runs under openpot's interpreter; the metric beside them comes from `bench.py`, which also writes the three files. Up to 60
calibration samples, of one shape. One JSON line per compared tensor: the root of the squared error as a share of the variation between
samples, of all values and of the places where either model is in its largest 1 %; the share of samples whose largest value
is at the same place; and the change of the largest value as a share of its standard deviation between samples ("peak").
With ONEDNN_MAX_CPU_ISA=AVX2 the kernels are those of a processor without VNNI.
"""
import json
import sys

import numpy as np
from calib import read_calib
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.trial.compared_outputs import find_compared_tensors
from openpot.trial.trial_graph import build_reference_graph

import openvino as ov

SAMPLES = 60
LARGEST = 0.01
EXACT = {"INFERENCE_PRECISION_HINT": "f32"}


def of_most_frequent_shape(samples):
    shapes = [tuple(value.shape for value in (sample.values() if isinstance(sample, dict) else sample)) for sample in samples]
    most = max(shapes, key=shapes.count)
    return [sample for sample, shape in zip(samples, shapes) if shape == most]


def outputs(model, samples):
    compiled = ov.Core().compile_model(model, "CPU", EXACT)
    return [[np.array(value, np.float64) for value in compiled(sample).values()] for sample in samples]


def share(errors, variations, masks):
    """Root of the error as a share of the variation, both at the places of the masks."""
    error, variation = (sum(values[mask].sum() for values, mask in zip(part, masks)) for part in (errors, variations))
    return float(np.sqrt(error / variation)) if variation else None


def largest(values):
    count = max(1, round(LARGEST * values.size))
    return values >= np.partition(values.ravel(), -count)[-count]


def measure(reference, candidate):
    mean = np.mean(reference, axis=0)
    errors = [(given - expected) ** 2 for expected, given in zip(reference, candidate)]
    variations = [(expected - mean) ** 2 for expected in reference]
    peaks = np.array([[expected.max(), given.max()] for expected, given in zip(reference, candidate)])
    return {
        "error": share(errors, variations, [np.ones(mean.shape, bool)] * len(errors)),
        "error in the top 1 %": share(errors, variations, [largest(a) | largest(b) for a, b in zip(reference, candidate)]),
        "same best place": float(np.mean([a.argmax() == b.argmax() for a, b in zip(reference, candidate)])),
        "peak": float(np.sqrt(np.mean((peaks[:, 1] - peaks[:, 0]) ** 2)) / peaks[:, 0].std()),
    }


def main():
    fp32, int8 = (ov.Core().read_model(path) for path in sys.argv[1:3])
    samples = of_most_frequent_shape(read_calib(sys.argv[3]))[:SAMPLES]
    tensors = find_compared_tensors(snapshot_from_model(fp32))
    reference, candidate = (outputs(build_reference_graph(model, {}, tensors), samples) for model in (fp32, int8))
    for number, tensor in enumerate(tensors):
        found = measure(*([values[number] for values in part] for part in (reference, candidate)))
        print(json.dumps({"tensor": str(tensor)} | {key: None if value is None else round(value, 4) for key, value in found.items()}))


if __name__ == "__main__":
    main()

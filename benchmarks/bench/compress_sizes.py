"""One model at several sizes: compress_sizes.py SOURCE.xml CALIB.npz [SIZE ...]. One JSON line for each size.

What tensors do to the outputs is measured once for all sizes that need the same probe (bits above and below what four
bits take). expected: by the curve; loss: on the calibration samples that are held out, with its 95 % interval; cpu_s: of
this size, without the shared measurement, and without timing the models.
"""
import json
import sys
import time

from calib import read_calib

import openpot
import openvino as ov
from openpot.compression import decide_formats, judge_result

judge_result.SECONDS_OF_TIMING = 0.0
SIZES = ("3 bits", "3.5 bits", "4 bits", "5 bits", "6 bits", "8 bits")
xml, npz, *sizes = sys.argv[1:]
measure, measured, shared_s = decide_formats.measure_sensitivities, {}, 0.0


def measure_once(model, probes, *rest):
    global shared_s
    key = tuple(probe.weight_format.name for probe in probes)
    if key not in measured:
        started = time.process_time()
        measured[key] = measure(model, probes, *rest)
        took = time.process_time() - started
        shared_s += took
        print(json.dumps({"measured_cpu_s": round(took, 1)}), flush=True)
    return measured[key]


decide_formats.measure_sensitivities = measure_once
model, samples = ov.Core().read_model(xml), read_calib(npz)
for size in sizes or SIZES:
    started, shared_before = time.process_time(), shared_s
    try:
        result = openpot.compress_weights(model, samples, max_size=size, min_agreement=0)
    except openpot.ConfigError as error:
        print(json.dumps({"size": size, "refused": str(error)}), flush=True)
        continue
    loss = result.loss.divergence or result.loss.output_error
    line = {"size": size, "bits": round(result.bits_per_weight, 3), "mb": round(result.size_after / 1e6, 2),
            "expected": round(result.curve.chosen.loss, 4), "loss": round(loss.value, 4),
            "interval": [round(loss.low, 4), round(loss.high, 4)], "status": str(result.status)}
    if result.loss.agreement is not None:
        line["top1"] = round(result.loss.agreement.value, 4)
    taken = time.process_time() - started - (shared_s - shared_before)
    print(json.dumps(line | {"cpu_s": round(taken, 1)}), flush=True)

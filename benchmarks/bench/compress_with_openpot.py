"""Compress the weights of one IR: compress_with_openpot.py IN.xml CALIB.npz|- OUT.xml JSON. Prints one JSON line.

JSON holds the arguments of openpot.compress_weights. seconds and cpu_s run from before the model is read until the
result is on disk; above_mb is the peak of memory above what the process takes once the source is read. judging_cpu_s: of
cpu_s, what measuring the loss and the speed of the result took.
"""
import json
import resource
import sys
import time

from calib import read_calib

import openpot
import openvino as ov
from openpot.compression import one_attempt

judge, judging = one_attempt.judge, []


def timed_judge(*given):
    began = time.process_time()
    try:
        return judge(*given)
    finally:
        judging.append(time.process_time() - began)


one_attempt.judge = timed_judge
xml, npz, out, arguments = *sys.argv[1:4], json.loads(sys.argv[4])
samples = None if npz == "-" else read_calib(npz)
started, started_cpu = time.perf_counter(), time.process_time()
model = ov.Core().read_model(xml)
for node in model.get_ops():
    if node.get_type_name() == "Constant" and node.get_byte_size() > 4096:
        node.data.view("u1").reshape(-1)[::4096].max()  # a mapped file is in memory only once it was read
loaded = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
result = openpot.compress_weights(model, samples, **arguments)
ov.save_model(result.model, out, compress_to_fp16=False)
print(json.dumps({"seconds": round(time.perf_counter() - started, 1), "cpu_s": round(time.process_time() - started_cpu, 1),
                  "judging_cpu_s": round(sum(judging), 1), "above_mb": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - loaded) // 1024,
                  "mb": round(result.size_after / 1e6, 2), "bits": round(result.bits_per_weight, 3)}))

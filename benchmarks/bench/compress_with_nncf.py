"""Compress the weights of one IR with NNCF: compress_with_nncf.py IN.xml CALIB.npz|- OUT.xml JSON. Prints one JSON line.

JSON holds the arguments of nncf.compress_weights, the mode as text. Figures as in compress_with_openpot.py.
"""
import json
import logging
import os
import resource
import sys
import time

from calib import read_calib

import nncf
import openvino as ov

nncf.set_log_level(logging.ERROR)
xml, npz, out, arguments = *sys.argv[1:4], json.loads(sys.argv[4])
arguments["mode"] = nncf.CompressWeightsMode[arguments["mode"]]
samples = None if npz == "-" else read_calib(npz)
started, started_cpu = time.perf_counter(), time.process_time()
model = ov.Core().read_model(xml)
for node in model.get_ops():
    if node.get_type_name() == "Constant" and node.get_byte_size() > 4096:
        node.data.view("u1").reshape(-1)[::4096].max()  # a mapped file is in memory only once it was read
loaded = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
if samples is not None:
    arguments |= {"dataset": nncf.Dataset(samples), "subset_size": len(samples)}
ov.save_model(nncf.compress_weights(model, **arguments), out, compress_to_fp16=False)
print(json.dumps({"seconds": round(time.perf_counter() - started, 1), "cpu_s": round(time.process_time() - started_cpu, 1),
                  "above_mb": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - loaded) // 1024,
                  "mb": round(os.path.getsize(out[:-4] + ".bin") / 1e6, 2)}))

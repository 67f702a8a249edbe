"""Quantize one IR with openpot's defaults: quantize_with_openpot.py IN.xml CALIB.npz OUT.xml. Prints one JSON line.

quantize_s runs from before the model is read until the INT8 model is on disk; cpu_s is the processor time of that.
"""
import json
import resource
import sys
import time
import warnings
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "bench"))
from calib import read_calib  # noqa: E402

import openpot  # noqa: E402
from openpot.measure.output_distance import find_worst_error  # noqa: E402

xml, npz, out = sys.argv[1:4]
samples = read_calib(npz)
warnings.simplefilter("ignore")
started, started_cpu = time.perf_counter(), time.process_time()
result = openpot.quantize(xml, samples)
folder = result.save(Path(out).with_suffix(""))
seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - started_cpu
for ending in (".xml", ".bin"):
    folder.with_suffix(ending).replace(Path(out).with_suffix(ending))
errors = {seen.output: seen.relative for seen in result.output_error}
budget = None if result.evidence is None else result.evidence.budget
print(json.dumps({"quantize_s": round(seconds, 2), "cpu_s": round(cpu_seconds, 2), "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                  "status": str(result.status), "size_ratio": round(result.size_after / max(result.size_before, 1), 3),
                  "errors": errors, "worst_error": round(find_worst_error(result.output_error), 3), "budget": budget, "warnings": [text[:400] for text in result.warnings],
                  "failed_stages": [[failed.stage, failed.reason[:400]] for failed in result.failed_stages]}))

"""Accuracy control of one IR by openpot or NNCF: accuracy_control.py openpot|nncf IN.xml CALIB.npz OUT.xml [DROP]. Prints one JSON line.

The metric is the share of the samples on which the model answers as FP32 does (argmax over the last axis of the first
output, the same everywhere); the drop is absolute. Both tools get the same samples, for calibration and for the metric.
seconds runs from before the model is read until the quantized model is on disk; metric is measured afterwards, on the
saved model, in the same way for both.
"""
import json
import logging
import resource
import sys
import time
import warnings

import numpy as np
import openvino as ov
from calib import read_calib

tool, xml, npz, out = sys.argv[1:5]
drop = float(sys.argv[5]) if len(sys.argv) > 5 else 0.01
samples = read_calib(npz)
core = ov.Core()
EXACT = {"INFERENCE_PRECISION_HINT": "f32", "EXECUTION_MODE_HINT": "ACCURACY"}


def answer(output):
    return np.asarray(output).argmax(-1)


def same(output, label):
    return float(np.array_equal(answer(output), label))


def answers(path):
    compiled = core.compile_model(path, "CPU", EXACT)
    return [answer(next(iter(compiled(sample).values()))) for sample in samples]


def with_openpot(labels):
    from openpot import IEEngine, compress_model_weights, create_pipeline, load_model, save_model
    from openpot.data.adapt import make_data_loader
    from openpot.data.callable_metric import CallableMetric

    metric = CallableMetric(lambda outputs, label: same(outputs[0], label), "same", higher_better=True)
    t0 = time.perf_counter()
    model = load_model({"model": xml, "weights": xml[:-3] + "bin", "model_name": "m"})
    engine = IEEngine({"device": "CPU"}, make_data_loader(list(zip(samples, labels))), metric)
    pipeline = create_pipeline([{"name": "AccuracyAwareQuantization", "params": {"maximal_drop": drop}}], engine)
    made = pipeline.run(model)
    compress_model_weights(made)
    folder, _, name = out.rpartition("/")
    save_model(made, folder or ".", name[:-4])
    seconds = time.perf_counter() - t0
    result = pipeline.algo_seq[0].result
    return seconds, {"status": str(result.status), "evaluations": 1 + len(result.evaluations), "in_float": len(result.in_float),
                     "operations": result.quantized_operations, "ranking_inferences": result.ranking_inferences}


def with_nncf(labels):
    import nncf

    nncf.set_log_level(logging.ERROR)
    evaluations = 0

    def validate(compiled, data):
        nonlocal evaluations
        evaluations += 1
        scores = [same(next(iter(compiled(sample).values())), label) for sample, label in data]
        return float(np.mean(scores)), scores

    t0 = time.perf_counter()
    model = core.read_model(xml)
    made = nncf.quantize_with_accuracy_control(
        model, nncf.Dataset(samples), nncf.Dataset(list(zip(samples, labels)), lambda pair: pair), validate, max_drop=drop,
        drop_type=nncf.DropType.ABSOLUTE, subset_size=len(samples))
    ov.save_model(made, out)
    return time.perf_counter() - t0, {"evaluations": evaluations}


warnings.simplefilter("ignore")
expected = answers(xml)
seconds, facts = (with_openpot if tool == "openpot" else with_nncf)(expected)
found = np.mean([np.array_equal(one, label) for one, label in zip(answers(out), expected)])
quantizers = sum(node.get_type_name() == "FakeQuantize" for node in core.read_model(out).get_ops())
print(json.dumps({"tool": tool, "drop": drop, "seconds": round(seconds, 2), "metric": round(float(found), 4), "quantizers": quantizers,
                  **facts, "items": len(samples), "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))

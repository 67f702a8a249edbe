"""One algorithm of POT on one IR: algorithms_with_pot_api.py bias|aware|sparsity IN.xml CALIB.npz OUT.xml. Prints one JSON line.

The same script, line for line, runs under POT 2023.3 (openvino-dev==2023.3.0 with numpy<1.24, scipy<1.11) and under
openpot.

bias      DefaultQuantization with use_fast_bias: false (BiasCorrection)
aware     AccuracyAwareQuantization, maximal_drop 0.01; the metric is the share of samples answered as FP32 answers them
sparsity  WeightSparsity, sparsity_level 0.3

quantize_s runs from before the model is read until the result is on disk.
"""
import json
import os
import resource
import sys
import time

import numpy as np
from calib import read_calib

t0 = time.perf_counter()
from openvino import Core  # noqa: E402
from openvino.tools.pot import DataLoader, IEEngine, Metric, compress_model_weights, create_pipeline, load_model, save_model  # noqa: E402

import_s = time.perf_counter() - t0
kind, xml, npz, out = sys.argv[1:5]
samples = read_calib(npz)
samples = [sample[0] if isinstance(sample, list) and len(sample) == 1 else sample for sample in samples]


class Loader(DataLoader):
    labels = [None] * len(samples)

    def __len__(self):
        return len(samples)

    def __getitem__(self, index):
        return samples[index], self.labels[index]


class Same(Metric):
    name = "same"

    def reset(self):
        self.scores = []

    def update(self, output, target):
        self.scores.append(float(np.array_equal(np.asarray(output[0]).argmax(-1), target[0])))

    @property
    def value(self):
        return {self.name: [self.scores[-1]]}

    @property
    def avg_value(self):
        return {self.name: float(np.mean(self.scores))}

    def get_attributes(self):
        return {self.name: {"direction": "higher-better", "type": "accuracy"}}


def fp32_answers():
    exact = {"INFERENCE_PRECISION_HINT": "f32"}
    compiled = Core().compile_model(xml, "CPU", exact)
    return [np.asarray(next(iter(compiled([sample] if isinstance(sample, np.ndarray) else sample).values()))).argmax(-1) for sample in samples]


common = {"target_device": "CPU", "stat_subset_size": len(samples)}
ALGORITHMS = {
    "bias": {"name": "DefaultQuantization", "params": {**common, "use_fast_bias": False}},
    "aware": {"name": "AccuracyAwareQuantization", "params": {**common, "maximal_drop": 0.01}},
    "sparsity": {"name": "WeightSparsity", "params": {**common, "sparsity_level": 0.3}},
}
if kind == "aware":
    Loader.labels = fp32_answers()
t0 = time.perf_counter()
model = load_model({"model_name": "model", "model": xml, "weights": xml[:-4] + ".bin"})
engine = IEEngine({"device": "CPU"}, Loader({}), Same() if kind == "aware" else None)
made = create_pipeline([ALGORITHMS[kind]], engine).run(model)
if kind != "sparsity":
    compress_model_weights(made)
save_model(made, os.path.dirname(out), model_name=os.path.basename(out)[:-4])
seconds = time.perf_counter() - t0
print(json.dumps({"quantize_s": round(seconds, 3), "import_s": round(import_s, 3), "items": len(samples),
                  "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))

"""Searches over settings, operations and ranges, and layers tuned one by one, by name and by class.

Usage: searches.py net.xml data
"""

import sys

import numpy as np

from openvino.tools.pot import (
    DataLoader,
    IEEngine,
    Metric,
    ParamsGridSearchAlgorithm,
    RangeOptimization,
    TunableQuantization,
    create_pipeline,
    load_model,
    save_model,
)  # fmt: skip


class Loader(DataLoader):
    def __init__(self, folder):
        super().__init__(None)
        self.folder = folder
        self.rows = [line.split() for line in open(folder + "/labels.txt")]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        name, label = self.rows[index]
        return np.load(self.folder + "/" + name), int(label)


class Confidence(Metric):
    """Mean logarithm of the probability of the right class."""

    def __init__(self):
        super().__init__()
        self.reset()

    @property
    def value(self):
        return {"confidence": [self.values[-1]]}

    @property
    def avg_value(self):
        return {"confidence": float(np.mean(self.values))}

    def update(self, output, target):
        self.values.append(float(np.log(output[0].reshape(-1)[target[0]] + 1e-9)))

    def reset(self):
        self.values = []

    def get_attributes(self):
        return {"confidence": {"direction": "higher-better", "type": "confidence"}}


engine = IEEngine({"device": "CPU"}, Loader(sys.argv[2]), Confidence())
params = {"target_device": "CPU", "stat_subset_size": 40}


def read():
    return load_model({"model_name": "net", "model": sys.argv[1], "weights": sys.argv[1][:-4] + ".bin"})


def run(*algorithms):
    pipeline = create_pipeline([{"name": name, "params": {**params, **own}} for name, own in algorithms], engine)
    model = pipeline.run(read())
    return pipeline, model, pipeline.evaluate(model)["confidence"]


tunable = TunableQuantization({**params, "tuning_scope": ["layer"]}, engine)
choices = {name: options for name, kind, options in tunable.get_parameter_meta(read())}
tunable.params = {"conv1": choices["conv1"][-1]}
partly_quantized = tunable.run(read())

plain_pipeline, plain, plain_value = run(("MinMaxQuantization", {"preset": "performance"}))
grid_pipeline, grid, grid_value = run(
    ("ParamsGridSearchAlgorithm", {"base_algorithm": "MinMaxQuantization", "preset": "performance"})
)
range_pipeline, ranged, range_value = run(
    ("MinMaxQuantization", {"preset": "performance"}),
    ("RangeOptimization", {"metric_name": "confidence", "maxiter": 20, "result_filename": "ranges.csv"}),
)
tuned_pipeline, tuned, tuned_value = run(
    ("DefaultQuantization", {"use_layerwise_tuning": True, "optimizer": "Adam", "weights_lr": 1e-5, "batch_size": 25})
)
sparse_pipeline, sparse, sparse_value = run(("WeightSparsity", {"sparsity_level": 0.5}))
fitted_pipeline, fitted, fitted_value = run(
    ("WeightSparsity", {"sparsity_level": 0.5, "use_layerwise_tuning": True, "tuning_iterations": 30})
)
classes = [ParamsGridSearchAlgorithm, RangeOptimization]
saved = [
    save_model(model, "results", f"net{place}") for place, model in enumerate((partly_quantized, tuned, sparse, fitted))
]

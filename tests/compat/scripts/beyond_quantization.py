"""Algorithms beyond the default one, by name and by class: sparsity, split channels, range supervision, corrections.

Usage: beyond_quantization.py net.xml data
"""

import sys

import numpy as np

from openvino.tools.pot import DataLoader, IEEngine, MagnitudeSparsity, create_pipeline, load_model, save_model
from openvino.tools.pot.algorithms.quantization.range_supervision.algorithm import RangeSupervision
from openvino.tools.pot.algorithms.sparsity.default.algorithm import WeightSparsity


class Loader(DataLoader):
    def __init__(self, folder):
        super().__init__(None)
        self.folder = folder
        self.names = [line.split()[0] for line in open(folder + "/labels.txt")]

    def __len__(self):
        return len(self.names)

    def __getitem__(self, index):
        return np.load(self.folder + "/" + self.names[index]), None


def run(*algorithms):
    model = load_model({"model_name": "net", "model": sys.argv[1], "weights": sys.argv[1][:-4] + ".bin"})
    pipeline = create_pipeline(
        [{"name": name, "params": {"target_device": "CPU", "stat_subset_size": 20, **own}} for name, own in algorithms],
        engine,
    )
    return pipeline, pipeline.run(model)


engine = IEEngine({"device": "CPU"}, Loader(sys.argv[2]), None)

sparse_pipeline, sparse = run(("WeightSparsity", {"sparsity_level": 0.3, "normed_threshold": True}))
guarded_pipeline, guarded = run(("RangeSupervision", {}))
corrected_pipeline, corrected = run(
    ("OutlierChannelSplitting", {"weights_expansion_ratio": 0.05}),
    ("MinMaxQuantization", {"preset": "performance"}),
    ("WeightBiasCorrection", {"eps_factor": 1e-5}),
    ("FastBiasCorrection", {"threshold": 2.0}),
)
classes = [WeightSparsity, RangeSupervision, MagnitudeSparsity]
saved = [
    save_model(model, "results", name)
    for model, name in ((sparse, "sparse"), (guarded, "guarded"), (corrected, "int8"))
]

"""Star import, algorithm classes instead of names, a pipeline put together by hand, run twice.

Usage: building_blocks.py net.xml data
"""

import sys

import numpy as np

from openvino.tools.pot import *
from openvino.tools.pot.api.data_loader import DataLoader
from openvino.tools.pot.engines.ie_engine import IEEngine
from openvino.tools.pot.graph import load_model
from openvino.tools.pot.graph.model_utils import get_nodes_by_type
from openvino.tools.pot.pipeline.pipeline import Pipeline


class Dict(dict):
    """As much of the package addict as POT needed of it."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __missing__(self, key):
        return Dict()

    def __setattr__(self, name, value):
        self[name] = value


class Loader(DataLoader):
    def __init__(self, folder):
        super().__init__(None)
        self.folder = folder
        self.names = [line.split()[0] for line in open(folder + "/labels.txt")]

    def __len__(self):
        return len(self.names)

    def __getitem__(self, index):
        return np.load(self.folder + "/" + self.names[index]), None


def load():
    return load_model({"model_name": "net", "model": sys.argv[1], "weights": sys.argv[1][:-4] + ".bin"})


params = Dict({"target_device": "CPU", "preset": "performance", "stat_subset_size": 10})
engine = IEEngine({"device": "CPU"}, Loader(sys.argv[2]), None)
pipeline = Pipeline(engine)
pipeline.add_algo(ActivationChannelAlignment(params, engine))
pipeline.add_algo(MinMaxQuantization(params, engine))
pipeline.add_algo(FastBiasCorrection(Dict(params, threshold=2.0), engine))
names = [algo.name for algo in pipeline.algo_seq]
first = pipeline.run(load())
second = pipeline.run(load())
quantizers = [sorted(node.fullname for node in get_nodes_by_type(m, ["FakeQuantize"])) for m in (first, second)]

alone = DefaultQuantization(Dict(params, use_fast_bias=False), engine)
whole = Pipeline(engine)
whole.add_algo(alone)
third = whole.run(load())

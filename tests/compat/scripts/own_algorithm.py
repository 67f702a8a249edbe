"""An algorithm of the user's own: registered by name, asks for statistics, changes weights through the node functions.

It scales the last layer so that the mean of the largest score over the calibration images becomes 1.

Usage: own_algorithm.py net.xml data
"""

import sys

import numpy as np

from openvino.tools.pot import DataLoader, IEEngine, create_pipeline, load_model
from openvino.tools.pot.algorithms.algorithm import Algorithm
from openvino.tools.pot.algorithms.algorithm_selector import COMPRESSION_ALGORITHMS
from openvino.tools.pot.graph.model_utils import get_node_by_name, get_nodes_by_type
from openvino.tools.pot.graph.node_utils import get_bias_for_node, get_node_value, get_weights_for_node, set_node_value
from openvino.tools.pot.samplers.creator import create_sampler
from openvino.tools.pot.statistics.functions import activations as acf
from openvino.tools.pot.statistics.statistics import TensorStatistic


@COMPRESSION_ALGORITHMS.register("ScaleScores")
class ScaleScores(Algorithm):
    name = "ScaleScores"

    @property
    def change_original_model(self):
        return True

    def register_statistics(self, model, stats_collector):
        self._stats_collector = stats_collector
        sampler = create_sampler(self._engine, self._config.stat_subset_size, False, 0)
        layout = {"fc_bias": {"largest": TensorStatistic(acf.max_per_tensor)}}
        stats_collector.register(self.name, layout, sampler)

    def run(self, model):
        stats = self._stats_collector.get_statistics_for_algorithm(self.name)
        self.largest = np.mean([np.mean(value) for value in stats["fc_bias"]["largest"]])
        node = get_node_by_name(model, "fc")
        for constant in (get_weights_for_node(node), get_bias_for_node(node)):
            set_node_value(constant, get_node_value(constant) / self.largest)
        return model


class Loader(DataLoader):
    def __init__(self, config):
        super().__init__(config)
        self.names = [line.split()[0] for line in open(self.config.source + "/labels.txt")]

    def __len__(self):
        return len(self.names)

    def __getitem__(self, index):
        return np.load(self.config.source + "/" + self.names[index]), None


xml, source = sys.argv[1:3]
engine = IEEngine({"device": "CPU"}, Loader({"source": source}))
pipeline = create_pipeline([{"name": "ScaleScores", "params": {"stat_subset_size": 20}}], engine)


def load():
    return load_model({"model_name": "net", "model": xml, "weights": xml.replace("xml", "bin")})


convolutions = [node.fullname for node in get_nodes_by_type(load(), ["Convolution"])]
model = pipeline.run(load())
largest = pipeline.algo_seq[0].largest

engine.set_model(model)
_, after = engine.predict(
    {"fc_bias": {"largest": acf.max_per_tensor}}, create_sampler(engine, 20, shuffle_data=False, seed=0)
)

"""Statistics of layers through ``Engine.predict``: the user's own functions, POT's functions, batches.

Usage: statistics_layout.py net.xml data
"""

import sys

import numpy as np

from openvino.tools.pot import DataLoader, IEEngine, load_model
from openvino.tools.pot.samplers.batch_sampler import BatchSampler
from openvino.tools.pot.statistics.collector import StatisticsCollector
from openvino.tools.pot.statistics.function_selector import get_aggregation_function
from openvino.tools.pot.statistics.functions import activations as acf
from openvino.tools.pot.statistics.statistics import TensorStatistic


class Loader(DataLoader):
    def __init__(self, config):
        super().__init__(config)
        self.names = [line.split()[0] for line in open(self.config.data + "/labels.txt")]

    def __len__(self):
        return len(self.names)

    def __getitem__(self, index):
        return np.load(self.config.data + "/" + self.names[index]), None


xml, data = sys.argv[1:3]
loader = Loader({"data": data})
engine = IEEngine({"device": "CPU"}, loader)
model = load_model({"model_name": "net", "model": xml, "weights": xml[:-4] + ".bin"})
engine.set_model(model)

layout = {
    "conv1_bias": {"mean": lambda tensor: float(np.mean(tensor)), "channels": acf.max_per_channel},
    "relu2": {"shape": np.shape},
}
metrics, collected = engine.predict(layout, BatchSampler(loader, subset_indices=[3, 1, 4]))

collector = StatisticsCollector(engine)
statistic = TensorStatistic(acf.quantile_per_tensor, q=0.5)
collector.register("Mine", {"relu1": {"median": statistic}}, BatchSampler(loader, subset_indices=range(6)))
collector.compute_statistics(model)
medians = collector.get_statistics_for_algorithm("Mine")["relu1"]["median"]
average = get_aggregation_function("mean")(medians)

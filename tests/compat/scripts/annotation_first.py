"""A script of 2021: imports of the package ``compression``, samples with the annotation first, ``model.save``.

Usage: annotation_first.py net.xml data
"""

import sys

import numpy as np

from compression.api import DataLoader, Metric
from compression.engines.ie_engine import IEEngine
from compression.graph import load_model, save_model
from compression.graph.model_utils import compress_model_weights
from compression.pipeline.initializer import create_pipeline


class Dict(dict):
    """What scripts took from the package addict."""

    __getattr__ = dict.__getitem__


class Loader(DataLoader):
    def __init__(self, config):
        if not isinstance(config, Dict):
            config = Dict(config)
        super().__init__(config)
        with open("{}/labels.txt".format(self.config.data_source)) as f:
            self._rows = [line.split() for line in f]

    def __len__(self):
        return len(self._rows)

    def __getitem__(self, index):
        name, label = self._rows[index]
        image = np.load("{}/{}".format(self.config.data_source, name))
        return (index, int(label)), image


class Accuracy(Metric):
    def __init__(self):
        super().__init__()
        self._name = "accuracy"
        self.seen = []

    @property
    def value(self):
        return {self._name: [self._hits[-1]]}

    @property
    def avg_value(self):
        return {self._name: np.mean(self._hits)}

    def update(self, output, target):
        self._hits.append(float(np.argmax(output[0]) == target[0]))

    def reset(self):
        self._hits = []

    @property
    def higher_better(self):
        return True

    def get_attributes(self):
        return {self._name: {"direction": "higher-better", "type": "accuracy"}}


model_path, data_path = sys.argv[1:3]

model_config = Dict({"model_name": "net", "model": model_path, "weights": model_path[:-3] + "bin"})
engine_config = Dict({"device": "CPU", "stat_requests_number": 4, "eval_requests_number": 4})
dataset_config = Dict({"data_source": data_path})
algorithms = [
    {
        "name": "DefaultQuantization",
        "params": {"target_device": "CPU", "preset": "mixed", "stat_subset_size": 30, "shuffle_data": True},
    }
]

model = load_model(model_config)
metric = Accuracy()
engine = IEEngine(config=engine_config, data_loader=Loader(dataset_config), metric=metric)
pipeline = create_pipeline(algorithms, engine)
fp32 = pipeline.evaluate(model)
compressed_model = pipeline.run(model)
compress_model_weights(compressed_model)
paths = compressed_model.save("optimized")
int8 = pipeline.evaluate(compressed_model)

engine.set_model(compressed_model)
(records, _), _ = engine.predict(metric_per_sample=True)

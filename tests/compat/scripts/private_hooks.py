"""A subclass of IEEngine that replaces private methods: how inputs are filled and how the metric is told.

Usage: private_hooks.py two.xml
"""

import sys

import numpy as np

from openvino.tools.pot import DataLoader, IEEngine, Metric, compress_model_weights, create_pipeline, load_model


class Pairs(DataLoader):
    def __init__(self):
        rng = np.random.default_rng(1)
        self.samples = [(rng.standard_normal((3, 8, 8)), rng.uniform(-1, 1, 3)) for _ in range(10)]

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        image, numbers = self.samples[index]
        return {"picture": image, "row": numbers}, {"index": index}


class Filling(IEEngine):
    filled = 0

    def _fill_input(self, model, image_batch):
        Filling.filled += 1
        return {
            "image": np.stack([sample["picture"] for sample in image_batch]).astype(np.float32),
            "numbers": np.stack([sample["row"] for sample in image_batch]).astype(np.float32),
        }

    def _update_metrics(self, output, annotations, need_metrics_per_sample=False):
        _, batch = map(list, zip(*annotations))
        self._metric.update({"first": output[0], "second": output[1]}, [entry["index"] for entry in batch])


class Spread(Metric):
    @property
    def avg_value(self):
        return {"spread": float(np.std(self.values)), "items": len(self.indices)}

    def update(self, output, target):
        self.values.append(output["first"])
        self.indices += target

    def reset(self):
        self.values, self.indices = [], []

    def get_attributes(self):
        return {"spread": {"direction": "higher-better", "type": "spread"}}


xml = sys.argv[1]
engine = Filling(config={"device": "CPU", "eval_requests_number": 1}, data_loader=Pairs(), metric=Spread())
model = load_model({"model_name": "two", "model": xml, "weights": xml[:-3] + "bin"})
pipeline = create_pipeline(
    [{"name": "DefaultQuantization", "params": {"target_device": "CPU", "stat_subset_size": 10}}], engine
)
before = pipeline.evaluate(model)
compressed = pipeline.run(model)
compress_model_weights(compressed)
after = pipeline.evaluate(compressed)

"""An engine that overrides the documented hook, a loader with metadata, a metric on what the hook returns.

The images are stored shifted; only the metadata tell by how many classes the label was rotated.

Usage: custom_postprocess.py net.xml data
"""

import os
import sys

import numpy as np

from openvino.tools.pot import DataLoader, IEEngine, Metric, create_pipeline, load_model, save_model
from openvino.tools.pot.graph.model_utils import compress_model_weights


class RotatedLoader(DataLoader):
    def __init__(self, folder):  # does not call the base class, like many loaders of users
        self.folder = folder
        self.rows = [line.split() for line in open(os.path.join(folder, "labels.txt"))]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        name, label = self.rows[index]
        rotation = index % 3
        annotation = (int(label) + rotation) % 4
        return np.load(os.path.join(self.folder, name))[None], annotation, {"rotation": rotation, "number": index}


class RotatingEngine(IEEngine):
    numbers = []

    @staticmethod
    def postprocess_output(outputs, metadata):
        scores = next(iter(outputs.values()))
        RotatingEngine.numbers.extend(entry["number"] for entry in metadata)
        return [np.stack([np.roll(row, entry["rotation"]) for row, entry in zip(scores, metadata)])]


class Top1(Metric):
    @property
    def avg_value(self):
        return {"top1": self.hits / max(self.count, 1)}

    def update(self, output, target):
        for row, label in zip(output[0], target):
            self.hits += int(row.argmax() == label)
            self.count += 1

    def reset(self):
        self.hits = self.count = 0

    def get_attributes(self):
        return {"top1": {"direction": "higher-better", "type": "accuracy"}}


xml, folder = sys.argv[1:3]
engine = RotatingEngine(config={"device": "CPU"}, data_loader=RotatedLoader(folder), metric=Top1())
model = load_model({"model_name": "rotated", "model": xml, "weights": os.path.splitext(xml)[0] + ".bin"})
pipeline = create_pipeline(
    [
        {
            "name": "DefaultQuantization",
            "params": {"target_device": "ANY", "preset": "performance", "stat_subset_size": 24},
        }
    ],
    engine,
)
before = pipeline.evaluate(model)
numbers_of_evaluation = sorted(RotatingEngine.numbers)
quantized = pipeline.run(model)
compress_model_weights(quantized)
save_model(quantized, "result", "rotated")
after = pipeline.evaluate(quantized)

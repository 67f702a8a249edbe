"""The algorithm configuration exactly as the API reference gives it: a preset and a subset size, no target device.

Usage: reference_config.py net.xml data
"""

import sys

import numpy as np

from openvino.tools.pot import DataLoader, IEEngine, create_pipeline, load_model, save_model


class Loader(DataLoader):
    def __init__(self, config):
        super().__init__(config)
        self._names = [line.split()[0] for line in open(self.config.data_source + "/labels.txt")]

    def __len__(self):
        return len(self._names)

    def __getitem__(self, index):
        return np.load(self.config.data_source + "/" + self._names[index]), None


algo_config = [
    {
        "name": "DefaultQuantization",
        "params": {
            "preset": "mixed",
            "stat_subset_size": 500,
        },
    },
]

model = load_model({"model_name": "net", "model": sys.argv[1], "weights": sys.argv[1][:-4] + ".bin"})
engine = IEEngine({"device": "CPU"}, data_loader=Loader({"data_source": sys.argv[2]}))
pipeline = create_pipeline(algo_config, engine)
name = pipeline.algo_seq[0].name
preset = pipeline.algo_seq[0].config["preset"]
metrics = pipeline.evaluate(model)
quantized = pipeline.run(model)
is_same = quantized is model
paths = save_model(quantized, "with_fake_quantize")

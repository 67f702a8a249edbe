"""An engine of the user's own, with the signature of ``predict`` that the API reference shows.

It saves the model, reads it back, adds outputs for the wanted nodes, and runs everything itself.

Usage: documented_engine.py net.xml data
"""

import sys
import tempfile

import numpy as np

from openvino import Core
from openvino.tools.pot import DataLoader, Engine, compress_model_weights, create_pipeline, load_model, save_model
from openvino.tools.pot.samplers.batch_sampler import BatchSampler


class Images(DataLoader):
    def __init__(self, config):
        super().__init__(config)
        self.names = [line.split()[0] for line in open(self.config["folder"] + "/labels.txt")]

    def __len__(self):
        return len(self.names)

    def __getitem__(self, index):
        return np.load(self.config["folder"] + "/" + self.names[index]), None


class OwnEngine(Engine):
    predictions = 0

    def __init__(self, config, data_loader=None, metric=None):
        super().__init__(config, data_loader, metric)
        self.core = Core()
        self.folder = tempfile.TemporaryDirectory()
        self.model = None

    def set_model(self, model):
        path = save_model(model, self.folder.name, "current", for_stat_collection=True)[0]
        self.model = self.core.read_model(path["model"])

    def predict(self, stats_layout=None, sampler=None, metric_per_sample=False, print_progress=False):
        if sampler is None:
            sampler = BatchSampler(self.data_loader)
        wanted = {}
        for key in stats_layout or {}:
            name, port = key if isinstance(key, tuple) else (key, 0)
            wanted[key] = self.model.add_outputs([(name, port)])[0]
        compiled = self.core.compile_model(self.model, self.config.device)
        position = {key: self.model.outputs.index(output) for key, output in wanted.items()}
        collected = {key: {name: [] for name in stats} for key, stats in (stats_layout or {}).items()}
        for batch in sampler:
            self.predictions += 1
            data = np.stack([sample[0] for sample in batch])
            results = compiled(data)
            for key, stats in (stats_layout or {}).items():
                for name, function in stats.items():
                    collected[key][name].append(function(results[position[key]]))
        return None, collected


xml, folder = sys.argv[1:3]
engine = OwnEngine({"device": "CPU"}, data_loader=Images({"folder": folder}))
model = load_model({"model_name": "net", "model": xml, "weights": xml.replace(".xml", ".bin")})
pipeline = create_pipeline(
    [
        {
            "name": "DefaultQuantization",
            "params": {"target_device": "CPU", "preset": "performance", "stat_subset_size": 16},
        }
    ],
    engine,
)
compressed = pipeline.run(model)
compress_model_weights(compressed)
paths = save_model(compressed, "own_engine")

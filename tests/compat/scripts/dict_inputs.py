"""A model with two inputs: samples are dicts by input name, nothing is annotated, the batch axis is there.

Usage: dict_inputs.py two.xml
"""

import sys
from pathlib import Path

import numpy as np

from openvino.tools.pot import DataLoader, IEEngine, compress_model_weights, create_pipeline, load_model, save_model


class Records(DataLoader):
    def __init__(self, count):
        self.rng = np.random.RandomState(0)
        self.count = count
        self.stream = iter(self._draw())

    def _draw(self):
        while True:
            yield {
                "image": self.rng.standard_normal((1, 3, 8, 8)).astype(np.float32),
                "numbers": self.rng.uniform(-1, 1, (1, 3)).astype(np.float32),
            }

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        return next(self.stream), None  # goes on in its own order, whatever the index


model_path = Path(sys.argv[1])
model = load_model({"model_name": "two", "model": model_path, "weights": model_path.with_suffix(".bin")})
engine = IEEngine({"device": "CPU"}, Records(12))
pipeline = create_pipeline(
    [
        {
            "name": "DefaultQuantization",
            "params": {
                "target_device": "ANY",
                "preset": "performance",
                "stat_subset_size": 12,
                "ignored": {"scope": ["second", "no_such_layer"]},
            },
        }
    ],
    engine,
)
result = pipeline.evaluate(model)
compressed = pipeline.run(model)
compress_model_weights(compressed)
paths = save_model(compressed, str(Path.cwd() / "out"), model_name="two_int8")

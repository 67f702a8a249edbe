# Speech with a recurrent state: frames of 512 samples and the state of the LSTM as a second input. The loader runs
# the float model once to have the states that belong to the frames.
#
# Usage: speech_state.py vad.xml recordings.npz
import os
import sys
from pathlib import Path

import numpy as np

from openvino import Core
from openvino.tools.pot import (
    DataLoader,
    IEEngine,
    Metric,
    compress_model_weights,
    create_pipeline,
    load_model,
    save_model,
)
from openvino.tools.pot.utils.logger import get_logger, init_logger

init_logger(level="INFO")
logger = get_logger(__name__)


class SpeechLoader(DataLoader):
    def __init__(self, config, model_path):
        super().__init__(config)
        recordings = np.load(self.config.data_source)
        request = Core().compile_model(str(model_path), "CPU").create_infer_request()
        self._samples = []
        for name in sorted(recordings.files):
            if not name.startswith("frames"):
                continue
            labels = recordings[name.replace("frames", "labels")]
            state, context = np.zeros((2, 1, 128), np.float32), np.zeros(64, np.float32)
            for frame, label in zip(recordings[name], labels):
                inputs = {"input": np.concatenate([context, frame])[None], "state": state}
                self._samples.append((inputs, None if label < 0 else int(label)))
                results = request.infer(inputs)
                state = np.array([array for key, array in results.items() if "stateN" in key.get_names()][0])
                context = frame[-64:]

    def __len__(self):
        return len(self._samples)

    def __getitem__(self, index):
        return self._samples[index]


class FrameAccuracy(Metric):
    def __init__(self):
        super().__init__()
        self._name = "frame accuracy"

    @property
    def value(self):
        return {self._name: [self.matches[-1]]}

    @property
    def avg_value(self):
        return {self._name: np.mean(self.matches)}

    def update(self, output, target):
        probability = [array for array in output if array.size == 1][0]
        self.matches.append(float((np.ravel(probability)[0] > 0.5) == target[0]))

    def reset(self):
        self.matches = []

    def get_attributes(self):
        return {self._name: {"direction": "higher-better", "type": "accuracy"}}


model_path, data = Path(sys.argv[1]), sys.argv[2]
model_config = {"model_name": "vad", "model": model_path, "weights": model_path.with_suffix(".bin")}
engine_config = {"device": "CPU"}
algorithms = [
    {
        "name": "DefaultQuantization",
        "params": {
            "target_device": "ANY",
            "preset": "performance",
            "stat_subset_size": 200,
            "activations": {"range_estimator": {"max": {"aggregator": "max", "type": "abs_max"}}},
            "weights": {"range_estimator": {"max": {"type": "abs_max"}}},
        },
    }
]
model = load_model(model_config=model_config)
data_loader = SpeechLoader({"data_source": data}, model_path)
engine = IEEngine(config=engine_config, data_loader=data_loader, metric=FrameAccuracy())
pipeline = create_pipeline(algorithms, engine)
before = pipeline.evaluate(model)
compressed_model = pipeline.run(model=model)
compress_model_weights(compressed_model)
compressed_model_paths = save_model(model=compressed_model, save_path="optimized", model_name="vad_int8")
after = pipeline.evaluate(compressed_model)
for name in after:
    logger.info("%s: %.4f, was %.4f", name, after[name], before[name])

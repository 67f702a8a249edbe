"""Speech with a recurrent state: does somebody speak? Each frame needs the state that the frame before left behind.

    python examples/speech.py

``classic`` calibrates on frames with the states that the FP32 network had, as POT's speech sample did with its
SimplifiedEngine. ``modern`` lets a stage walk through whole recordings, so states are what they really are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from registry_models import fetch
from speech_prompts import RATE, conversation

import openpot
import openvino as ov
from openpot.data.metrics.f1 import F1Score
from openvino.tools.pot import DataLoader, compress_model_weights, create_pipeline, load_model, save_model
from openvino.tools.pot.engines.simplified_engine import SimplifiedEngine

CONTEXT = 64
"""Samples of the frame before that belong to the input too."""

ACTIVATIONS = {"range_estimator": {"max": {"aggregator": "max", "type": "abs_max"}}}
"""The largest value of all: a clipped state goes on being wrong from frame to frame."""


def walk(infer: Any, frames: np.ndarray, earlier: None = None) -> np.ndarray:
    """How likely somebody speaks in each of the frames, of shape (1, frames): the one stage of this network."""
    del earlier
    state, before, chances = np.zeros((2, 1, 128), np.float32), np.zeros(CONTEXT, np.float32), []
    for frame in frames:
        inputs = {"input": np.concatenate([before, frame])[None], "state": state}
        chance, state = infer(inputs).values()
        before = frame[-CONTEXT:]
        chances.append(float(np.ravel(chance)[0]))
    return np.array(chances)[None]


class Frames(DataLoader):
    """Every fifth frame of a few recordings, with the state that belongs to it: dictionaries by input name."""

    def __init__(self, model_path: Path, recordings: list) -> None:
        super().__init__({})
        self.samples: list[dict[str, np.ndarray]] = []
        compiled = ov.Core().compile_model(model_path, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})

        def noted(inputs: dict[str, np.ndarray]) -> dict[Any, np.ndarray]:
            self.samples.append(inputs)
            return {number: array.copy() for number, array in enumerate(compiled(inputs).values())}

        for frames, _ in recordings:
            walk(noted, frames)
        self.samples = self.samples[::5]

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> dict[str, np.ndarray]:
        return self.samples[index]


def score(model: openpot.CompressedModel, recordings: list) -> float:
    """F1 of the frames with speech; frames without a label do not count."""
    metric = F1Score("binary", ignored_label=-1)
    engine = openpot.CascadeEngine({}, recordings, metric, {"vad": walk})
    return openpot.Pipeline(engine).evaluate(model)["f1"]


def classic(model_path: Path, calibration: list, evaluation: list, output: Path) -> tuple[float, float]:
    """As POT's sample: single frames, range estimators that take the largest value."""
    model = load_model({"model_name": "vad", "model": str(model_path)})
    params = {"target_device": "CPU", "stat_subset_size": 300, "activations": ACTIVATIONS}
    engine = SimplifiedEngine({"device": "CPU", "stat_requests_number": 1}, data_loader=Frames(model_path, calibration))
    pipeline = create_pipeline([{"name": "DefaultQuantization", "params": params}], engine)
    quantized = pipeline.run(model.copy())
    compress_model_weights(quantized)
    save_model(quantized, str(output), "vad")
    return score(model, evaluation), score(quantized, evaluation)


def modern(model_path: Path, calibration: list, evaluation: list, output: Path) -> tuple[float, float]:
    """With a stage that carries the state from frame to frame."""
    model = openpot.load_model({"model_name": "vad", "model": model_path})
    engine = openpot.CascadeEngine({}, calibration, stages={"vad": walk})
    algorithms = [{"name": "DefaultQuantization", "params": {"activations": ACTIVATIONS}}]
    quantized = openpot.create_pipeline(algorithms, engine).run(model.copy())
    openpot.compress_model_weights(quantized)
    openpot.save_model(quantized, output, "vad")
    return score(model, evaluation), score(quantized, evaluation)


def main() -> None:
    """Fetch, quantize both ways, print."""
    calibration = [conversation(seed) for seed in range(4)]
    evaluation = [conversation(seed, of_first_half=False) for seed in range(100, 108)]
    seconds = sum(frames.size for frames, _ in evaluation) / RATE
    for run in (classic, modern):
        before, after = run(fetch("silero-vad"), calibration, evaluation, Path("out/speech", run.__name__))
        print(f"{run.__name__}: F1 {before:.3f} in FP32, {after:.3f} in INT8, on {seconds:.0f} s of recordings")


if __name__ == "__main__":
    main()

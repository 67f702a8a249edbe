"""Classification: is a page upright, on its side or upside down? The sample of POT's guide, with a network of today.

    python examples/page_orientation.py

``classic`` is written as for POT, ``modern`` as openpot likes it; both calibrate on the same pages.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from registry_models import fetch
from typeset_pages import blurred, typeset

import openpot
from openpot.data.metrics.top_k import TopKAccuracy
from openvino.tools.pot import (
    DataLoader,
    IEEngine,
    Metric,
    compress_model_weights,
    create_pipeline,
    load_model,
    save_model,
)

MEAN, DEVIATION = np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32)


def as_input(picture: Image.Image) -> np.ndarray:
    """A picture as the network was trained on them: 224 pixels, BGR, normalised; shape (3, 224, 224)."""
    pixels = np.asarray(picture.resize((224, 224), Image.Resampling.BICUBIC), np.float32)[:, :, ::-1]
    return np.ascontiguousarray(((pixels / 255 - MEAN) / DEVIATION).transpose(2, 0, 1))


def turned_pages(first: int, count: int) -> list[tuple[np.ndarray, int]]:
    """``(input, number of quarter turns)`` of ``count`` pages in all four directions."""
    samples = []
    for seed in range(first, first + count):
        page = blurred(typeset(seed).picture, seed, 60, 130)
        samples += [(as_input(page.rotate(-90 * turns)), turns) for turns in range(4)]
    return samples


class Pages(DataLoader):
    """A data loader in POT's form."""

    def __init__(self, samples: list[tuple[np.ndarray, int]]) -> None:
        super().__init__({})
        self.samples = samples

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> tuple[np.ndarray, int]:
        return self.samples[index]


class Accuracy(Metric):
    """A metric in POT's form."""

    def __init__(self) -> None:
        self.hits: list[float] = []
        super().__init__()

    @property
    def value(self) -> dict[str, list[float]]:
        return {"accuracy": [self.hits[-1]]}

    @property
    def avg_value(self) -> dict[str, float]:
        return {"accuracy": float(np.mean(self.hits))}

    def update(self, output: list[np.ndarray], target: list[int]) -> None:
        self.hits += [float(scores.argmax() == label) for scores, label in zip(output[0], target, strict=True)]

    def reset(self) -> None:
        self.hits = []

    def get_attributes(self) -> dict[str, dict[str, str]]:
        return {"accuracy": {"direction": "higher-better", "type": "accuracy"}}


def classic(model_path: Path, calibration: list, evaluation: list, output: Path) -> tuple[float, float]:
    """As with POT: load, pipeline, run, compress, save; accuracy before and after."""
    model = load_model({"model_name": "orientation", "model": str(model_path)})
    algorithms = [{"name": "DefaultQuantization", "params": {"target_device": "CPU", "stat_subset_size": 300}}]
    quantized = create_pipeline(algorithms, IEEngine({"device": "CPU"}, Pages(calibration))).run(model.copy())
    compress_model_weights(quantized)
    save_model(quantized, str(output), "orientation")
    judge = create_pipeline([], IEEngine({"device": "CPU"}, Pages(evaluation), Accuracy()))
    return judge.evaluate(model)["accuracy"], judge.evaluate(quantized)["accuracy"]


def modern(model_path: Path, calibration: list, evaluation: list, output: Path) -> tuple[float, float]:
    """As with openpot: one call, a report, a ready-made metric; lists of samples are data sets."""
    result = openpot.quantize(model_path, calibration)
    print(result)
    result.save(output)
    judge = openpot.Pipeline(openpot.IEEngine({}, evaluation, TopKAccuracy()))
    before, after = (judge.evaluate(openpot.CompressedModel(graph=model)) for model in (model_path, result.model))
    return before["accuracy@top1"], after["accuracy@top1"]


def main() -> None:
    """Fetch, quantize both ways, print."""
    path, calibration, evaluation = fetch("page-orientation"), turned_pages(0, 20), turned_pages(100, 40)
    for run in (classic, modern):
        before, after = run(path, calibration, evaluation, Path("out/orientation", run.__name__))
        print(f"{run.__name__}: accuracy {before:.3f} in FP32, {after:.3f} in INT8, on {len(evaluation)} pages\n")


if __name__ == "__main__":
    main()

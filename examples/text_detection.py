"""Detection: where is text on a page? Boxes from a map of probabilities, judged by mean average precision.

python examples/text_detection.py
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from registry_models import fetch
from typeset_pages import Page, typeset

import openpot
from openpot.data.metrics.detections import Detections
from openpot.data.metrics.mean_average_precision import MeanAveragePrecision
from openvino.tools.pot import DataLoader, IEEngine, compress_model_weights, create_pipeline, load_model, save_model

MEAN, DEVIATION = np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32)
GROWTH = 0.65
"""The network marks the middle of a line: its box grows by so much of the height of the mark on each side."""


def as_sample(page: Page) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Input of shape (3, height, width), and the boxes of the lines, all of one class."""
    pixels = np.asarray(page.picture, np.float32)[:, :, ::-1]
    data = np.ascontiguousarray(((pixels / 255 - MEAN) / DEVIATION).transpose(2, 0, 1))
    return data, {"boxes": page.lines, "labels": np.zeros(len(page.lines), np.int64)}


def runs(marks: np.ndarray) -> list[tuple[int, int]]:
    """First and last-but-one position of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], marks.astype(np.int8), [0]])))
    return [pair for pair in pairwise(edges.tolist()) if marks[pair[0]]]


def boxes_of(outputs: list[np.ndarray]) -> Detections:
    """One box for each line of marked pixels, with the mean probability as its score."""
    probability = outputs[0][0, 0]
    boxes, scores = [], []
    for top, bottom in runs((probability > 0.3).any(axis=1)):
        columns = np.flatnonzero((probability[top:bottom] > 0.3).any(axis=0))
        margin = GROWTH * (bottom - top)
        boxes.append([columns[0] - margin, top - margin, columns[-1] + 1 + margin, bottom + margin])
        scores.append(probability[top:bottom, columns[0] : columns[-1] + 1].mean())
    return Detections(boxes, scores, np.zeros(len(boxes)))


class Pages(DataLoader):
    """A data loader in POT's form."""

    def __init__(self, seeds: range) -> None:
        super().__init__({})
        self.samples = [as_sample(typeset(seed)) for seed in seeds]

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> tuple[np.ndarray, Any]:
        return self.samples[index]


class BoxEngine(IEEngine):
    """POT's hook: what the metric gets is made of the outputs here."""

    @staticmethod
    def postprocess_output(outputs: dict[str, np.ndarray], _metadata: list[Any]) -> list[Detections]:
        return [boxes_of(list(outputs.values()))]


def classic(model_path: Path, calibration: Pages, evaluation: Pages, output: Path) -> tuple[float, float]:
    """As with POT, with an engine that overrides ``postprocess_output``; mAP before and after."""
    model = load_model({"model_name": "text", "model": str(model_path)})
    params = {"target_device": "CPU", "preset": "mixed", "stat_subset_size": 300}
    algorithms = [{"name": "DefaultQuantization", "params": params}]
    quantized = create_pipeline(algorithms, IEEngine({"device": "CPU"}, calibration)).run(model.copy())
    compress_model_weights(quantized)
    save_model(quantized, str(output), "text")
    judge = create_pipeline([], BoxEngine({"device": "CPU"}, evaluation, MeanAveragePrecision(iou=0.5)))
    return judge.evaluate(model)["mAP@0.5"], judge.evaluate(quantized)["mAP@0.5"]


def modern(model_path: Path, calibration: Pages, evaluation: Pages, output: Path) -> tuple[float, float]:
    """As with openpot: one call, a report; the metric is told how to read the outputs."""
    result = openpot.quantize(model_path, calibration, preset="mixed")
    print(result)
    result.save(output)
    metric = MeanAveragePrecision(iou=0.5, decode=boxes_of)
    judge = openpot.Pipeline(openpot.IEEngine({}, evaluation, metric))
    before, after = (judge.evaluate(openpot.CompressedModel(graph=model)) for model in (model_path, result.model))
    return before["mAP@0.5"], after["mAP@0.5"]


def main() -> None:
    """Fetch, quantize both ways, print."""
    path, calibration, evaluation = fetch("text-detector"), Pages(range(24)), Pages(range(100, 124))
    for run in (classic, modern):
        before, after = run(path, calibration, evaluation, Path("out/text", run.__name__))
        print(f"{run.__name__}: mAP {before:.3f} in FP32, {after:.3f} in INT8, on {len(evaluation)} pages\n")


if __name__ == "__main__":
    main()

"""Quantize a real network with real data and print what it cost and what it brought: ``make demo``.

The network is Magika 1.0.3 (Apache-2.0, ONNX): it tells the type of a file from its first and last bytes. The data are
files of this machine, labelled by their extension. A few of each type calibrate; others are for the evaluation alone.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import openvino as ov
from file_types import LabelledFile, default_roots, split_files
from registry_models import MODELS, fetch

import openpot
from openpot.cli.progress_display import progress_on

OUTPUT = Path("out/demo")


def accuracy(
    scores_of: Callable[[np.ndarray], np.ndarray], files: Sequence[LabelledFile], names: Sequence[str]
) -> float:
    """Share of the files for which the class with the highest score is a right label."""
    right = [names[int(scores_of(file.features[None]).argmax())] in file.labels for file in files]
    return float(np.mean(right))


def scores_on_cpu(model: ov.Model | Path) -> Callable[[np.ndarray], np.ndarray]:
    """A function from features of shape (1, 2048) to the scores of the classes, in FP32 where it is not INT8."""
    compiled = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return lambda features: compiled(features)[0]


def main() -> None:
    """Fetch, quantize, evaluate, print."""
    began = time.perf_counter()
    print(f"network: {MODELS['magika'].about}, from the package magika {MODELS['magika'].version}")
    path = fetch("magika")
    names = json.loads(path.with_name("config.min.json").read_text())["target_labels_space"]
    calibration, evaluation = split_files(default_roots())
    types = len({file.path.suffix for file in evaluation})
    print(
        f"data: {len(calibration)} files of this machine calibrate, {len(evaluation)} others of {types} types evaluate"
    )

    with progress_on(sys.stderr) as progress:
        result = openpot.quantize(path, [file.features for file in calibration], subset_size=500, progress=progress)
    result.save(OUTPUT)
    before = accuracy(scores_on_cpu(path), evaluation, names)
    after = accuracy(scores_on_cpu(OUTPUT / "model.xml"), evaluation, names)

    print(f"\n{result}\n")
    print(f"accuracy on the {len(evaluation)} other files: FP32 {before:.4f}, INT8 {after:.4f}")
    print(f"saved in {OUTPUT}/; all in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()

"""Quantize a real network with real data and print what it cost and what it brought: ``make demo``.

The network is Magika 1.0.3 (Apache-2.0, ONNX): it tells the type of a file from its first and last bytes. The data are
files of this machine, labelled by their extension. A few of each type calibrate; others are for the evaluation alone.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from file_types import LabelledFile, default_roots, split_files
from registry_models import MODELS, fetch

import openpot
import openvino as ov
from openpot.progress_display import progress_on

OUTPUT = Path("out/demo")


def accuracy(model: Path, files: Sequence[LabelledFile], names: Sequence[str]) -> float:
    """Share of the files for which the class with the highest score is a right label; FP32 where it is not INT8."""
    properties = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "THROUGHPUT"}
    queue = ov.AsyncInferQueue(ov.Core().compile_model(model, "CPU", properties))
    answers: dict[int, str] = {}

    def take(request: ov.InferRequest, number: int) -> None:
        answers[number] = names[int(request.get_output_tensor().data.argmax())]

    queue.set_callback(take)
    for number, file in enumerate(files):
        queue.start_async({0: file.features[None]}, number)
    queue.wait_all()
    return sum(answers[number] in file.labels for number, file in enumerate(files)) / len(files)


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
    before = accuracy(path, evaluation, names)
    after = accuracy(OUTPUT / "model.xml", evaluation, names)

    print(f"\n{result}\n")
    print(f"{'':24}{'FP32':>12}{'INT8':>12}")
    print(f"{'accuracy':24}{before:12.4f}{after:12.4f}  on {len(evaluation)} files that did not calibrate\n")
    print(f"saved in {OUTPUT}/, report: {OUTPUT}/report.html; all in {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()

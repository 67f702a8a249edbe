"""Super-resolution: photographs twice as large, judged against the originals in decibels.

python examples/super_resolution.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from registry_models import fetch

import openpot
from openpot.data.metrics.psnr import PSNR
from openvino.tools.pot import DataLoader, IEEngine, compress_model_weights, create_pipeline, load_model, save_model

SIDE, PAD = 80, 7
"""Patches of so many pixels, and the margin that the network's convolutions use up."""


def patches(names: list[str], per_photo: int, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """``(small patch with a margin, large patch)`` in RGB from 0 to 1, shapes (3, 94, 94) and (3, 160, 160)."""
    rng, samples = np.random.default_rng(seed), []
    for name in names:
        photo = Image.open(fetch("photographs") / name).convert("RGB")
        for _ in range(per_photo):
            x, y = (int(rng.integers(0, size - 2 * SIDE)) for size in photo.size)
            large = photo.crop((x, y, x + 2 * SIDE, y + 2 * SIDE))
            small = np.asarray(large.resize((SIDE, SIDE), Image.Resampling.BICUBIC), np.float32) / 255
            padded = np.pad(small, ((PAD, PAD), (PAD, PAD), (0, 0)), mode="edge").transpose(2, 0, 1)
            samples.append((padded, np.asarray(large, np.float32).transpose(2, 0, 1) / 255))
    return samples


class Patches(DataLoader):
    """A data loader in POT's form."""

    def __init__(self, samples: list[tuple[np.ndarray, np.ndarray]]) -> None:
        super().__init__({})
        self.samples = samples

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        return self.samples[index]


def classic(model_path: Path, calibration: list, evaluation: list, output: Path) -> tuple[float, float]:
    """As with POT; PSNR before and after."""
    model = load_model({"model_name": "upconv", "model": str(model_path)})
    algorithms = [{"name": "DefaultQuantization", "params": {"target_device": "CPU", "stat_subset_size": 300}}]
    quantized = create_pipeline(algorithms, IEEngine({"device": "CPU"}, Patches(calibration))).run(model.copy())
    compress_model_weights(quantized)
    save_model(quantized, str(output), "upconv")
    judge = create_pipeline([], IEEngine({"device": "CPU"}, Patches(evaluation), PSNR()))
    return judge.evaluate(model)["psnr"], judge.evaluate(quantized)["psnr"]


def modern(model_path: Path, calibration: list, evaluation: list, output: Path) -> tuple[float, float]:
    """As with openpot: one call, a report; lists of samples are data sets."""
    result = openpot.quantize(model_path, calibration)
    print(result)
    result.save(output)
    judge = openpot.Pipeline(openpot.IEEngine({}, evaluation, PSNR()))
    before, after = (judge.evaluate(openpot.CompressedModel(graph=model)) for model in (model_path, result.model))
    return before["psnr"], after["psnr"]


def main() -> None:
    """Fetch, quantize both ways, print."""
    calibration = patches(["chelsea.png", "rocket.jpg"], 12, 0)
    evaluation = patches(["astronaut.png", "coffee.png"], 12, 1)
    path = fetch("waifu2x-upconv")
    for run in (classic, modern):
        before, after = run(path, calibration, evaluation, Path("out/upconv", run.__name__))
        print(f"{run.__name__}: {before:.2f} dB in FP32, {after:.2f} dB in INT8, on {len(evaluation)} patches\n")


if __name__ == "__main__":
    main()

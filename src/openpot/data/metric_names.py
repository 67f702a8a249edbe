"""The ready-made metrics by the names that configurations and command lines use."""

from __future__ import annotations

import inspect
from typing import Any

from openpot.data.metric import Metric
from openpot.data.metrics.dice import Dice
from openpot.data.metrics.error_rate import CharacterErrorRate, WordErrorRate
from openpot.data.metrics.f1 import F1Score
from openpot.data.metrics.mean_average_precision import MeanAveragePrecision
from openpot.data.metrics.mean_iou import MeanIoU
from openpot.data.metrics.psnr import PSNR
from openpot.data.metrics.ssim import SSIM
from openpot.data.metrics.top_k import TopKAccuracy
from openpot.errors import ConfigError, UnknownNameError, suggest_nearest_name

METRICS: dict[str, type[Metric]] = {
    "accuracy": TopKAccuracy,
    "cer": CharacterErrorRate,
    "dice": Dice,
    "f1": F1Score,
    "map": MeanAveragePrecision,
    "miou": MeanIoU,
    "psnr": PSNR,
    "ssim": SSIM,
    "wer": WordErrorRate,
}


def metric_by_name(name: str, **parameters: Any) -> Metric:
    """A ready-made metric.

    Args:
        name: one of ``METRICS``; case does not matter.
        **parameters: of its class.

    Raises:
        UnknownNameError: there is no such metric, or it has no such parameter.
        ConfigError: a parameter is missing or has an impossible value.
        MissingExtraError: the library that computes it is not installed.
    """
    kind = METRICS.get(str(name).lower())
    if kind is None:
        raise UnknownNameError(f"there is no metric {name!r}; {suggest_nearest_name(str(name).lower(), METRICS)}")
    known = inspect.signature(kind).parameters
    for parameter in parameters:
        if parameter not in known:
            hint = suggest_nearest_name(parameter, known)
            raise UnknownNameError(f"the metric {name!r} has no parameter {parameter!r}; {hint}")
    missing = [entry.name for entry in known.values() if entry.default is entry.empty and entry.name not in parameters]
    if missing:
        raise ConfigError(f"the metric {name!r} needs the parameter {missing[0]!r}")
    try:
        return kind(**parameters)
    except TypeError as error:
        raise ConfigError(f"the metric {name!r}: {error}") from error

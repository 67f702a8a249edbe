"""Peak signal-to-noise ratio of images, in decibels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from openpot.data.metrics.image_pair import pair_images
from openpot.data.metrics.per_sample_metric import PerSampleMetric, choose_output
from openpot.errors import ConfigError

CEILING_DB = 100.0
"""Of equal images, whose ratio is infinite."""


class PSNR(PerSampleMetric[float]):
    """The mean over images of ``10 log10(data_range ** 2 / mean squared error)``, at most 100 dB.

    Args:
        data_range: values lie between 0 and this: 1 or 255.
        output: number of the output that is an image, of shape ``(batch, channels, height, width)``.
        border: pixels on each side that do not count.
        clips: bring the output into the range first, as writing an image file would.
        key: see :class:`PerSampleMetric`.
        name: how the value is called.
    """

    def __init__(
        self,
        data_range: float = 1.0,
        output: int = 0,
        border: int = 0,
        clips: bool = True,
        key: str | None = None,
        name: str = "psnr",
    ) -> None:
        if not data_range > 0 or border < 0:
            raise ConfigError(f"data_range must be above 0 and border not below it, not {data_range!r} and {border!r}")
        self._range, self._output, self._border, self._clips = data_range, output, border, clips
        super().__init__(name, key, "psnr")

    def collect_evidence(self, outputs: list[Any], annotation: Any) -> float:
        """The ratio of one image in dB."""
        made, wanted = pair_images(
            choose_output(outputs, self._output), annotation, self._border, self._range, self._clips
        )
        error = float(np.square(made - wanted).mean()) / self._range**2
        return CEILING_DB if error == 0 else min(CEILING_DB, -10 * math.log10(error))

    def compute_value(self, evidence: Sequence[float]) -> float:
        """The mean over the images."""
        return math.fsum(evidence) / len(evidence)

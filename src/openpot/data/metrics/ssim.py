"""Structural similarity of images (extra ``metrics``: scikit-image).

Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli, "Image quality assessment: from error visibility to structural
similarity", IEEE Transactions on Image Processing 13 (2004), with its Gaussian window of 11 pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from openpot.data.extra_import import import_extra
from openpot.data.metrics.image_pair import pair_images
from openpot.data.metrics.per_sample_metric import PerSampleMetric, choose_output
from openpot.errors import ConfigError


class SSIM(PerSampleMetric[float]):
    """The mean over images of their structural similarity; 1 for equal images.

    Args:
        data_range: values lie between 0 and this: 1 or 255.
        output: number of the output that is an image, of shape ``(batch, channels, height, width)``.
        border: pixels on each side that do not count.
        clips: bring the output into the range first, as writing an image file would.
        key: see :class:`PerSampleMetric`.
        name: how the value is called.

    Raises:
        MissingExtraError: scikit-image is not installed.
    """

    def __init__(
        self,
        data_range: float = 1.0,
        output: int = 0,
        border: int = 0,
        clips: bool = True,
        key: str | None = None,
        name: str = "ssim",
    ) -> None:
        if not data_range > 0 or border < 0:
            raise ConfigError(f"data_range must be above 0 and border not below it, not {data_range!r} and {border!r}")
        self._range, self._output, self._border, self._clips = data_range, output, border, clips
        self._similarity = import_extra("skimage.metrics", "scikit-image", "metrics", "the metric ssim")
        super().__init__(name, key, "ssim")

    def collect_evidence(self, outputs: list[Any], annotation: Any) -> float:
        """The similarity of one image."""
        made, wanted = pair_images(
            choose_output(outputs, self._output), annotation, self._border, self._range, self._clips
        )
        return float(
            self._similarity.structural_similarity(
                made,
                wanted,
                data_range=self._range,
                channel_axis=0 if made.ndim == 3 else None,
                gaussian_weights=True,
                sigma=1.5,
                use_sample_covariance=False,
            )
        )

    def compute_value(self, evidence: Sequence[float]) -> float:
        """The mean over the images."""
        return math.fsum(evidence) / len(evidence)

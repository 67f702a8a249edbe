"""The parameters of the estimation of quantization noise."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from pydantic import Field

from openpot.config.algorithms import AlgorithmConfig


class NoiseMode(StrEnum):
    """Where noise may come from: all quantizers up to a layer, or those of the layer alone."""

    FULL = "full_fq_noise"
    LAYERWISE = "layerwise_fq_noise"


class NoiseType(StrEnum):
    """What is averaged before signal and noise are divided: everything, or less and less."""

    SQNR = "sqnr"
    PER_CHANNEL = "sqnr_per_channel"
    SAMPLE_PER_CHANNEL = "sqnr_sample_per_channel"
    ELTWISE_MEAN = "sqnr_eltwise_mean"


class QuantNoiseEstimatorConfig(AlgorithmConfig):
    """Parameters of ``QuantNoiseEstimator``.

    Attributes:
        mode: noise of the whole network up to each layer, or of each layer for an input without noise.
        type: what is averaged before the ratio of signal and noise is taken.
        eps: added to the noise before it divides the signal.
        results_dump_filename: a CSV file for the results; none is written without it.
    """

    mode: NoiseMode = NoiseMode.FULL
    type: NoiseType = NoiseType.SQNR
    eps: float = Field(default=1e-15, gt=0)
    results_dump_filename: Path | None = None

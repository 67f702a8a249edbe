"""The parameters of algorithms that work on weights and need no, or hardly any, calibration data."""

from __future__ import annotations

from pydantic import Field

from openpot.config.algorithms import AlgorithmConfig


class WeightBiasCorrectionConfig(AlgorithmConfig):
    """Parameters of ``WeightBiasCorrection``.

    Attributes:
        eps_factor: added to standard deviations before one is divided by another.
    """

    eps_factor: float = Field(default=1e-5, gt=0)


class OverflowCorrectionConfig(AlgorithmConfig):
    """Parameters of ``OverflowCorrection``: those that all algorithms share."""


class OutlierChannelSplittingConfig(AlgorithmConfig):
    """Parameters of ``OutlierChannelSplitting``.

    Attributes:
        weights_expansion_ratio: how many input channels are added to a convolution, as a share of those it has.
    """

    weights_expansion_ratio: float = Field(default=0.01, ge=0, le=1)

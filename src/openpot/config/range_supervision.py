"""The parameters of range supervision."""

from __future__ import annotations

from openpot.config.algorithms import AlgorithmConfig


class RangeSupervisionConfig(AlgorithmConfig):
    """Parameters of ``RangeSupervision``: those that all algorithms share."""

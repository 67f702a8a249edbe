"""``openvino.tools.pot.algorithms.quantization.overflow_correction.algorithm``: historic names of openpot."""

from openpot.legacy.algorithm_classes import OverflowCorrection as OverflowCorrection

__all__ = [
    "OverflowCorrection",
]

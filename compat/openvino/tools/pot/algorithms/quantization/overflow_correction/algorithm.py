"""``openvino.tools.pot.algorithms.quantization.overflow_correction.algorithm``: historic names of openpot."""

from openpot.algorithms.overflow_correction import OverflowCorrection as OverflowCorrection

__all__ = [
    "OverflowCorrection",
]

"""``openvino.tools.pot.algorithms.quantization.overflow_correction.algorithm``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.algorithm_classes import OverflowCorrection as OverflowCorrection

__all__ = [
    "OverflowCorrection",
]

__getattr__ = refuse_absent_names(__name__)

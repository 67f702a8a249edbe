"""``openvino.tools.pot.algorithms.quantization.range_supervision.algorithm``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.algorithm_classes import RangeSupervision as RangeSupervision

__all__ = [
    "RangeSupervision",
]

__getattr__ = refuse_absent_names(__name__)

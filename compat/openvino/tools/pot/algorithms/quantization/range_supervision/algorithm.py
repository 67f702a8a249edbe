"""``openvino.tools.pot.algorithms.quantization.range_supervision.algorithm``: historic names of openpot."""

from openpot.legacy.algorithm_classes import RangeSupervision as RangeSupervision

__all__ = [
    "RangeSupervision",
]

"""``openvino.tools.pot.algorithms.quantization.range_supervision.algorithm``: historic names of openpot."""

from openpot.algorithms.range_supervision import RangeSupervision as RangeSupervision

__all__ = [
    "RangeSupervision",
]

"""``openvino.tools.pot.algorithms.quantization.optimization.rangeopt``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.algorithm_classes import RangeOptimization as RangeOptimization

__all__ = [
    "RangeOptimization",
]

__getattr__ = refuse_absent_names(__name__)

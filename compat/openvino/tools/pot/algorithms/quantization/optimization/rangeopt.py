"""``openvino.tools.pot.algorithms.quantization.optimization.rangeopt``: historic names of openpot."""

from openpot.legacy.algorithm_classes import RangeOptimization as RangeOptimization

__all__ = [
    "RangeOptimization",
]

"""``openvino.tools.pot.algorithms.quantization.optimization.rangeopt``: historic names of openpot."""

from openpot.recipes.range_optimization import RangeOptimization as RangeOptimization

__all__ = [
    "RangeOptimization",
]

"""``openvino.tools.pot.algorithms.quantization.optimization.algorithm``: historic names of openpot."""

from openpot.recipes.optimization_algorithm import OptimizationAlgorithm as OptimizationAlgorithm

__all__ = [
    "OptimizationAlgorithm",
]

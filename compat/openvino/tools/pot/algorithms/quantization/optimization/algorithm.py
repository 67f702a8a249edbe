"""``openvino.tools.pot.algorithms.quantization.optimization.algorithm``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.recipes.optimization_algorithm import OptimizationAlgorithm as OptimizationAlgorithm

__all__ = [
    "OptimizationAlgorithm",
]

__getattr__ = refuse_absent_names(__name__)

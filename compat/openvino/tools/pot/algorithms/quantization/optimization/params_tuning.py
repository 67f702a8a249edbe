"""``openvino.tools.pot.algorithms.quantization.optimization.params_tuning``: historic names of openpot."""

from openpot.recipes.params_grid_search import ParamsGridSearchAlgorithm as ParamsGridSearchAlgorithm

__all__ = [
    "ParamsGridSearchAlgorithm",
]

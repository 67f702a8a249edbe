"""``openvino.tools.pot.algorithms.quantization.optimization.params_tuning``: historic names of openpot."""

from openpot.legacy.algorithm_classes import ParamsGridSearchAlgorithm as ParamsGridSearchAlgorithm

__all__ = [
    "ParamsGridSearchAlgorithm",
]

"""``openvino.tools.pot.algorithms.quantization.optimization.params_tuning``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.algorithm_classes import ParamsGridSearchAlgorithm as ParamsGridSearchAlgorithm

__all__ = [
    "ParamsGridSearchAlgorithm",
]

__getattr__ = refuse_absent_names(__name__)

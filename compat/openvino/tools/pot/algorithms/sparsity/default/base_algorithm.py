"""``openvino.tools.pot.algorithms.sparsity.default.base_algorithm``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.algorithm_classes import BaseWeightSparsity as BaseWeightSparsity

__all__ = [
    "BaseWeightSparsity",
]

__getattr__ = refuse_absent_names(__name__)

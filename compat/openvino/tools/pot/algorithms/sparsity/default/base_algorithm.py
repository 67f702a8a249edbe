"""``openvino.tools.pot.algorithms.sparsity.default.base_algorithm``: historic names of openpot."""

from openpot.legacy.algorithm_classes import BaseWeightSparsity as BaseWeightSparsity

__all__ = [
    "BaseWeightSparsity",
]

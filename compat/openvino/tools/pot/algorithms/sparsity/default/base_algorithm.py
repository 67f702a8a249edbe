"""``openvino.tools.pot.algorithms.sparsity.default.base_algorithm``: historic names of openpot."""

from openpot.algorithms.weight_sparsity import BaseWeightSparsity as BaseWeightSparsity

__all__ = [
    "BaseWeightSparsity",
]

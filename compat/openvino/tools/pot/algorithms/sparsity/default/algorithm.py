"""``openvino.tools.pot.algorithms.sparsity.default.algorithm``: historic names of openpot."""

from openpot.algorithms.weight_sparsity import WeightSparsity as WeightSparsity

__all__ = [
    "WeightSparsity",
]

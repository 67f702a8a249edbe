"""``openvino.tools.pot.algorithms.sparsity.default.algorithm``: historic names of openpot."""

from openpot.legacy.algorithm_classes import WeightSparsity as WeightSparsity

__all__ = [
    "WeightSparsity",
]

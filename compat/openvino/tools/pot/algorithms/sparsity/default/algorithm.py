"""``openvino.tools.pot.algorithms.sparsity.default.algorithm``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.algorithm_classes import WeightSparsity as WeightSparsity

__all__ = [
    "WeightSparsity",
]

__getattr__ = refuse_absent_names(__name__)

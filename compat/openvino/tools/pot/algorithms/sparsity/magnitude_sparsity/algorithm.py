"""``openvino.tools.pot.algorithms.sparsity.magnitude_sparsity.algorithm``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.algorithm_classes import MagnitudeSparsity as MagnitudeSparsity

__all__ = [
    "MagnitudeSparsity",
]

__getattr__ = refuse_absent_names(__name__)

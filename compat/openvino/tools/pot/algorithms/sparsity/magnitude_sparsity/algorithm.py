"""``openvino.tools.pot.algorithms.sparsity.magnitude_sparsity.algorithm``: historic names of openpot."""

from openpot.legacy.algorithm_classes import MagnitudeSparsity as MagnitudeSparsity

__all__ = [
    "MagnitudeSparsity",
]

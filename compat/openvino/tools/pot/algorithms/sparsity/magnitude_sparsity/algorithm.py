"""``openvino.tools.pot.algorithms.sparsity.magnitude_sparsity.algorithm``: historic names of openpot."""

from openpot.algorithms.magnitude_sparsity import MagnitudeSparsity as MagnitudeSparsity

__all__ = [
    "MagnitudeSparsity",
]

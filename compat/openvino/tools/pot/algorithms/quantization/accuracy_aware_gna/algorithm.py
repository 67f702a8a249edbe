"""``openvino.tools.pot.algorithms.quantization.accuracy_aware_gna.algorithm``: historic names of openpot."""

from openpot.recipes.accuracy_aware_gna import AccuracyAwareGNA as AccuracyAwareGNA

__all__ = [
    "AccuracyAwareGNA",
]

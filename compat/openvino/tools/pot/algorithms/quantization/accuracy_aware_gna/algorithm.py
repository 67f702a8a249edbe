"""``openvino.tools.pot.algorithms.quantization.accuracy_aware_gna.algorithm``: historic names of openpot."""

from openpot.legacy.algorithm_classes import AccuracyAwareGNA as AccuracyAwareGNA

__all__ = [
    "AccuracyAwareGNA",
]

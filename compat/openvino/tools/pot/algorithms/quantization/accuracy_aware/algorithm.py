"""``openvino.tools.pot.algorithms.quantization.accuracy_aware.algorithm``: historic names of openpot."""

from openpot.legacy.algorithm_classes import AccuracyAwareQuantization as AccuracyAwareQuantization

__all__ = [
    "AccuracyAwareQuantization",
]

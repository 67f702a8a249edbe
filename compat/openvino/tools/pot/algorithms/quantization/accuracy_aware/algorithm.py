"""``openvino.tools.pot.algorithms.quantization.accuracy_aware.algorithm``: historic names of openpot."""

from openpot.recipes.accuracy_aware_quantization import AccuracyAwareQuantization as AccuracyAwareQuantization

__all__ = [
    "AccuracyAwareQuantization",
]

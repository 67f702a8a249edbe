"""``openvino.tools.pot.algorithms.quantization.accuracy_aware_common.mixed_precision``: historic names of openpot."""

from openpot.legacy.algorithm_classes import INT4MixedQuantization as INT4MixedQuantization

__all__ = [
    "INT4MixedQuantization",
]

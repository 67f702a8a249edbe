"""``openvino.tools.pot.algorithms.quantization.accuracy_aware_common.algorithm``: historic names of openpot."""

from openpot.legacy.algorithm_classes import AccuracyAwareCommon as AccuracyAwareCommon

__all__ = [
    "AccuracyAwareCommon",
]

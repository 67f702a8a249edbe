"""``openvino.tools.pot.algorithms.quantization.accuracy_aware_common.algorithm``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.algorithm_classes import AccuracyAwareCommon as AccuracyAwareCommon

__all__ = [
    "AccuracyAwareCommon",
]

__getattr__ = refuse_absent_names(__name__)

"""``openvino.tools.pot.algorithms.quantization.accuracy_aware_gna.algorithm``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.algorithm_classes import AccuracyAwareGNA as AccuracyAwareGNA

__all__ = [
    "AccuracyAwareGNA",
]

__getattr__ = refuse_absent_names(__name__)

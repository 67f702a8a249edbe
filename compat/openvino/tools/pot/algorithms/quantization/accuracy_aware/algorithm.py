"""``openvino.tools.pot.algorithms.quantization.accuracy_aware.algorithm``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.algorithm_classes import AccuracyAwareQuantization as AccuracyAwareQuantization

__all__ = [
    "AccuracyAwareQuantization",
]

__getattr__ = refuse_absent_names(__name__)

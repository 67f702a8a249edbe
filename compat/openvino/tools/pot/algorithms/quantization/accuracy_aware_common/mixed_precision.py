"""``openvino.tools.pot.algorithms.quantization.accuracy_aware_common.mixed_precision``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.algorithm_classes import INT4MixedQuantization as INT4MixedQuantization

__all__ = [
    "INT4MixedQuantization",
]

__getattr__ = refuse_absent_names(__name__)

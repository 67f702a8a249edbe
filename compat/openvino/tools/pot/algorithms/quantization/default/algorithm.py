"""``openvino.tools.pot.algorithms.quantization.default.algorithm``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.algorithm_classes import DefaultQuantization as DefaultQuantization

__all__ = [
    "DefaultQuantization",
]

__getattr__ = refuse_absent_names(__name__)

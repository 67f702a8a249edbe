"""``openvino.tools.pot.algorithms.quantization.minmax.algorithm``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.algorithm_classes import MinMaxQuantization as MinMaxQuantization

__all__ = [
    "MinMaxQuantization",
]

__getattr__ = refuse_absent_names(__name__)

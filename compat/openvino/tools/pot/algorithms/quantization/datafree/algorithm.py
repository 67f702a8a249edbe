"""``openvino.tools.pot.algorithms.quantization.datafree.algorithm``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.algorithm_classes import DataFreeQuantization as DataFreeQuantization

__all__ = [
    "DataFreeQuantization",
]

__getattr__ = refuse_absent_names(__name__)

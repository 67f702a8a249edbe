"""``openvino.tools.pot.algorithms.quantization.datafree.algorithm``: historic names of openpot."""

from openpot.legacy.algorithm_classes import DataFreeQuantization as DataFreeQuantization

__all__ = [
    "DataFreeQuantization",
]

"""``openvino.tools.pot.algorithms.quantization.minmax.algorithm``: historic names of openpot."""

from openpot.legacy.algorithm_classes import MinMaxQuantization as MinMaxQuantization

__all__ = [
    "MinMaxQuantization",
]

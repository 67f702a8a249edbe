"""``openvino.tools.pot.algorithms.quantization.minmax.algorithm``: historic names of openpot."""

from openpot.algorithms.min_max import MinMaxQuantization as MinMaxQuantization

__all__ = [
    "MinMaxQuantization",
]

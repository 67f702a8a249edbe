"""``openvino.tools.pot.algorithms.quantization.datafree.algorithm``: historic names of openpot."""

from openpot.recipes.data_free_quantization import DataFreeQuantization as DataFreeQuantization

__all__ = [
    "DataFreeQuantization",
]

"""``openvino.tools.pot.algorithms.quantization.default.algorithm``: historic names of openpot."""

from openpot.recipes.default_quantization import DefaultQuantization as DefaultQuantization

__all__ = [
    "DefaultQuantization",
]

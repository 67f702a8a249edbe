"""``openvino.tools.pot.algorithms.quantization.default.algorithm``: historic names of openpot."""

from openpot.legacy.algorithm_classes import DefaultQuantization as DefaultQuantization

__all__ = [
    "DefaultQuantization",
]

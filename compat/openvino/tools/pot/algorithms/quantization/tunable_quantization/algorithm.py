"""``openvino.tools.pot.algorithms.quantization.tunable_quantization.algorithm``: historic names of openpot."""

from openpot.legacy.algorithm_classes import TunableQuantization as TunableQuantization

__all__ = [
    "TunableQuantization",
]

"""``openvino.tools.pot.algorithms.quantization.tunable_quantization.algorithm``: historic names of openpot."""

from openpot.algorithms.tunable_quantization import TunableQuantization as TunableQuantization

__all__ = [
    "TunableQuantization",
]

"""``openvino.tools.pot.algorithms.quantization.tunable_quantization.algorithm``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.algorithm_classes import TunableQuantization as TunableQuantization

__all__ = [
    "TunableQuantization",
]

__getattr__ = refuse_absent_names(__name__)

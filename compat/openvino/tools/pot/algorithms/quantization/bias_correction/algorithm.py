"""``openvino.tools.pot.algorithms.quantization.bias_correction.algorithm``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.algorithm_classes import BiasCorrection as BiasCorrection

__all__ = [
    "BiasCorrection",
]

__getattr__ = refuse_absent_names(__name__)

"""``openvino.tools.pot.algorithms.quantization.weight_bias_correction.algorithm``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.algorithm_classes import WeightBiasCorrection as WeightBiasCorrection

__all__ = [
    "WeightBiasCorrection",
]

__getattr__ = refuse_absent_names(__name__)

"""``openvino.tools.pot.algorithms.quantization.weight_bias_correction.algorithm``: historic names of openpot."""

from openpot.algorithms.weight_bias_correction import WeightBiasCorrection as WeightBiasCorrection

__all__ = [
    "WeightBiasCorrection",
]

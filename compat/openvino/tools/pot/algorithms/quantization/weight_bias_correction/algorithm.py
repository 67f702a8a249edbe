"""``openvino.tools.pot.algorithms.quantization.weight_bias_correction.algorithm``: historic names of openpot."""

from openpot.legacy.algorithm_classes import WeightBiasCorrection as WeightBiasCorrection

__all__ = [
    "WeightBiasCorrection",
]

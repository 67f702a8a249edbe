"""``openvino.tools.pot.algorithms.quantization.bias_correction.algorithm``: historic names of openpot."""

from openpot.algorithms.bias_correction import BiasCorrection as BiasCorrection

__all__ = [
    "BiasCorrection",
]

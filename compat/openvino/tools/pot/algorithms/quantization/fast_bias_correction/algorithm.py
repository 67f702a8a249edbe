"""``openvino.tools.pot.algorithms.quantization.fast_bias_correction.algorithm``: historic names of openpot."""

from openpot.algorithms.fast_bias_correction import FastBiasCorrection as FastBiasCorrection

__all__ = [
    "FastBiasCorrection",
]

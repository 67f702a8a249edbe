"""``openvino.tools.pot.algorithms.quantization.fast_bias_correction.algorithm``: historic names of openpot."""

from openpot.legacy.algorithm_classes import FastBiasCorrection as FastBiasCorrection

__all__ = [
    "FastBiasCorrection",
]

"""``openvino.tools.pot.algorithms.quantization.bias_correction.algorithm``: historic names of openpot."""

from openpot.legacy.algorithm_classes import BiasCorrection as BiasCorrection

__all__ = [
    "BiasCorrection",
]

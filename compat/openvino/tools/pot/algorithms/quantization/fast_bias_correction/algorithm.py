"""``openvino.tools.pot.algorithms.quantization.fast_bias_correction.algorithm``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.algorithm_classes import FastBiasCorrection as FastBiasCorrection

__all__ = [
    "FastBiasCorrection",
]

__getattr__ = refuse_absent_names(__name__)

"""``openvino.tools.pot.algorithms.quantization.qnoise_estimator.algorithm``: historic names of openpot."""

from openpot.algorithms.quant_noise_estimator import QuantNoiseEstimator as QuantNoiseEstimator

__all__ = [
    "QuantNoiseEstimator",
]

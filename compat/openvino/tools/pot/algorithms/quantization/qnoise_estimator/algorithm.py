"""``openvino.tools.pot.algorithms.quantization.qnoise_estimator.algorithm``: historic names of openpot."""

from openpot.legacy.algorithm_classes import QuantNoiseEstimator as QuantNoiseEstimator

__all__ = [
    "QuantNoiseEstimator",
]

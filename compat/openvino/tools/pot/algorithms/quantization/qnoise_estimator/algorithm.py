"""``openvino.tools.pot.algorithms.quantization.qnoise_estimator.algorithm``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.algorithm_classes import QuantNoiseEstimator as QuantNoiseEstimator

__all__ = [
    "QuantNoiseEstimator",
]

__getattr__ = refuse_absent_names(__name__)

"""``openvino.tools.pot.algorithms.quantization.qnoise_estimator``: historic names of openpot."""

from openvino.tools.pot.algorithms.quantization.qnoise_estimator import algorithm as algorithm

__all__: list[str] = []

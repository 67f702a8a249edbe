"""``openvino.tools.pot.algorithms.quantization.weight_bias_correction``: historic names of openpot."""

from openvino.tools.pot.algorithms.quantization.weight_bias_correction import algorithm as algorithm

__all__: list[str] = []

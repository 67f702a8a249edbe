"""``openvino.tools.pot.algorithms.quantization.overflow_correction``: historic names of openpot."""

from openvino.tools.pot.algorithms.quantization.overflow_correction import algorithm as algorithm

__all__: list[str] = []

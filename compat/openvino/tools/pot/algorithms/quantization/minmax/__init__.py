"""``openvino.tools.pot.algorithms.quantization.minmax``: historic names of openpot."""

from openvino.tools.pot.algorithms.quantization.minmax import algorithm as algorithm

__all__: list[str] = []

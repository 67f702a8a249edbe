"""``openvino.tools.pot.algorithms.quantization.range_supervision``: historic names of openpot."""

from openvino.tools.pot.algorithms.quantization.range_supervision import algorithm as algorithm

__all__: list[str] = []

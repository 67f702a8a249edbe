"""``openvino.tools.pot.algorithms.quantization.accuracy_aware``: historic names of openpot."""

from openvino.tools.pot.algorithms.quantization.accuracy_aware import algorithm as algorithm

__all__: list[str] = []

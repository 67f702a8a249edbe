"""``openvino.tools.pot.algorithms.quantization.accuracy_aware_gna``: historic names of openpot."""

from openvino.tools.pot.algorithms.quantization.accuracy_aware_gna import algorithm as algorithm

__all__: list[str] = []

"""``openvino.tools.pot.algorithms.quantization.tunable_quantization``: historic names of openpot."""

from openvino.tools.pot.algorithms.quantization.tunable_quantization import algorithm as algorithm

__all__: list[str] = []

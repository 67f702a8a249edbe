"""``openvino.tools.pot.algorithms.quantization.default``: historic names of openpot."""

from openvino.tools.pot.algorithms.quantization.default import algorithm as algorithm

__all__: list[str] = []

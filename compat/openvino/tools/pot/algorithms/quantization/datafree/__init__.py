"""``openvino.tools.pot.algorithms.quantization.datafree``: historic names of openpot."""

from openvino.tools.pot.algorithms.quantization.datafree import algorithm as algorithm

__all__: list[str] = []

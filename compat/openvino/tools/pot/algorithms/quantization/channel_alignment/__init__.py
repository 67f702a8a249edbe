"""``openvino.tools.pot.algorithms.quantization.channel_alignment``: historic names of openpot."""

from openvino.tools.pot.algorithms.quantization.channel_alignment import algorithm as algorithm

__all__: list[str] = []

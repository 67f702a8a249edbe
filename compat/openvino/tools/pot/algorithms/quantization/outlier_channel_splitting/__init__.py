"""``openvino.tools.pot.algorithms.quantization.outlier_channel_splitting``: historic names of openpot."""

from openvino.tools.pot.algorithms.quantization.outlier_channel_splitting import algorithm as algorithm

__all__: list[str] = []

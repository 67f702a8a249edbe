"""``openvino.tools.pot.algorithms.quantization.outlier_channel_splitting``: historic names of openpot."""

__all__: list[str] = []

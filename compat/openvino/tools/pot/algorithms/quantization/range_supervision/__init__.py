"""``openvino.tools.pot.algorithms.quantization.range_supervision``: historic names of openpot."""

__all__: list[str] = []

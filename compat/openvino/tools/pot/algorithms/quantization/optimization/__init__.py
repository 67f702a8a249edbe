"""``openvino.tools.pot.algorithms.quantization.optimization``: historic names of openpot."""

__all__: list[str] = []

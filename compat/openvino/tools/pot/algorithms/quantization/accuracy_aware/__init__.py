"""``openvino.tools.pot.algorithms.quantization.accuracy_aware``: historic names of openpot."""

__all__: list[str] = []

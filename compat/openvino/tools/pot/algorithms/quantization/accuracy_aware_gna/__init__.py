"""``openvino.tools.pot.algorithms.quantization.accuracy_aware_gna``: historic names of openpot."""

__all__: list[str] = []

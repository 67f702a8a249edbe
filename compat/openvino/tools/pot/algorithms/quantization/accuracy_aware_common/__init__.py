"""``openvino.tools.pot.algorithms.quantization.accuracy_aware_common``: historic names of openpot."""

__all__: list[str] = []

"""``openvino.tools.pot.algorithms.quantization.overflow_correction``: historic names of openpot."""

__all__: list[str] = []

"""``openvino.tools.pot.algorithms.quantization.datafree``: historic names of openpot."""

__all__: list[str] = []

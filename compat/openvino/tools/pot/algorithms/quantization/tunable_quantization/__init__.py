"""``openvino.tools.pot.algorithms.quantization.tunable_quantization``: historic names of openpot."""

__all__: list[str] = []

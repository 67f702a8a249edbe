"""``openvino.tools.pot.algorithms.quantization.weight_bias_correction``: historic names of openpot."""

__all__: list[str] = []

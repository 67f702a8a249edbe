"""``openvino.tools.pot.algorithms.quantization.layerwise_finetuning``: historic names of openpot."""

__all__: list[str] = []

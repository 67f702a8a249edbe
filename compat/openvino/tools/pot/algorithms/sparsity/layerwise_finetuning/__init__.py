"""``openvino.tools.pot.algorithms.sparsity.layerwise_finetuning``: historic names of openpot."""

__all__: list[str] = []

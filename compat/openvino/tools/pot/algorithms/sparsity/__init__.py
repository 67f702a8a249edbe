"""``openvino.tools.pot.algorithms.sparsity``: historic names of openpot."""

__all__: list[str] = []

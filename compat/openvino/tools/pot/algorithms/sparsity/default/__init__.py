"""``openvino.tools.pot.algorithms.sparsity.default``: historic names of openpot."""

__all__: list[str] = []

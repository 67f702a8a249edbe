"""``openvino.tools.pot.algorithms.sparsity.magnitude_sparsity``: historic names of openpot."""

__all__: list[str] = []

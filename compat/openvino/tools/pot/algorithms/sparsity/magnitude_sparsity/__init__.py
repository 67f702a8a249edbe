"""``openvino.tools.pot.algorithms.sparsity.magnitude_sparsity``: historic names of openpot."""

from openvino.tools.pot.algorithms.sparsity.magnitude_sparsity import algorithm as algorithm

__all__: list[str] = []

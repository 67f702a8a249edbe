"""``openvino.tools.pot.algorithms.sparsity.default``: historic names of openpot."""

from openvino.tools.pot.algorithms.sparsity.default import algorithm as algorithm
from openvino.tools.pot.algorithms.sparsity.default import base_algorithm as base_algorithm

__all__: list[str] = []

"""``openvino.tools.pot.algorithms.sparsity.default``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openvino.tools.pot.algorithms.sparsity.default import algorithm as algorithm
from openvino.tools.pot.algorithms.sparsity.default import base_algorithm as base_algorithm

__all__: list[str] = []

__getattr__ = refuse_absent_names(__name__)

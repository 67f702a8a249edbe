"""``openvino.tools.pot.algorithms.sparsity``: historic names of openpot."""

from openvino.tools.pot.algorithms.sparsity import default as default
from openvino.tools.pot.algorithms.sparsity import magnitude_sparsity as magnitude_sparsity

__all__: list[str] = []

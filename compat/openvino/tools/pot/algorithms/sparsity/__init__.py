"""``openvino.tools.pot.algorithms.sparsity``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openvino.tools.pot.algorithms.sparsity import default as default
from openvino.tools.pot.algorithms.sparsity import magnitude_sparsity as magnitude_sparsity

__all__: list[str] = []

__getattr__ = refuse_absent_names(__name__)

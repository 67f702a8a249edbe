"""``openvino.tools.pot.algorithms.quantization.optimization``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openvino.tools.pot.algorithms.quantization.optimization import algorithm as algorithm
from openvino.tools.pot.algorithms.quantization.optimization import params_tuning as params_tuning
from openvino.tools.pot.algorithms.quantization.optimization import rangeopt as rangeopt

__all__: list[str] = []

__getattr__ = refuse_absent_names(__name__)

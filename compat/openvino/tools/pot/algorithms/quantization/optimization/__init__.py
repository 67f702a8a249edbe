"""``openvino.tools.pot.algorithms.quantization.optimization``: historic names of openpot."""

from openvino.tools.pot.algorithms.quantization.optimization import algorithm as algorithm
from openvino.tools.pot.algorithms.quantization.optimization import params_tuning as params_tuning
from openvino.tools.pot.algorithms.quantization.optimization import rangeopt as rangeopt

__all__: list[str] = []

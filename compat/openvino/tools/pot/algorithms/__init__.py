"""``openvino.tools.pot.algorithms``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openvino.tools.pot.algorithms import algorithm as algorithm
from openvino.tools.pot.algorithms import algorithm_selector as algorithm_selector
from openvino.tools.pot.algorithms import quantization as quantization
from openvino.tools.pot.algorithms import sparsity as sparsity
from openvino.tools.pot.algorithms import utils as utils

__all__: list[str] = []

__getattr__ = refuse_absent_names(__name__)

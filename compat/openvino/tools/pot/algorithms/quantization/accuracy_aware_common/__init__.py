"""``openvino.tools.pot.algorithms.quantization.accuracy_aware_common``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openvino.tools.pot.algorithms.quantization.accuracy_aware_common import algorithm as algorithm
from openvino.tools.pot.algorithms.quantization.accuracy_aware_common import mixed_precision as mixed_precision

__all__: list[str] = []

__getattr__ = refuse_absent_names(__name__)

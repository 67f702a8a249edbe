"""``openvino.tools.pot.algorithms.quantization.accuracy_aware_common``: historic names of openpot."""

from openvino.tools.pot.algorithms.quantization.accuracy_aware_common import algorithm as algorithm
from openvino.tools.pot.algorithms.quantization.accuracy_aware_common import mixed_precision as mixed_precision

__all__: list[str] = []

"""``openvino.tools.pot.algorithms.quantization.accuracy_aware_common.mixed_precision``: not provided."""

from openpot.legacy.absent import refuse_module as refuse_module

refuse_module(__name__)

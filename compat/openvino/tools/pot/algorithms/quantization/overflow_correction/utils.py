"""``openvino.tools.pot.algorithms.quantization.overflow_correction.utils``: not provided."""

from openpot.legacy.absent import refuse_module as refuse_module

refuse_module(__name__)

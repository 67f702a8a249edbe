"""``openvino.tools.pot.algorithms.quantization.fake_quantize_configuration``: not provided."""

from openpot.legacy.absent import refuse_module as refuse_module

refuse_module(__name__)

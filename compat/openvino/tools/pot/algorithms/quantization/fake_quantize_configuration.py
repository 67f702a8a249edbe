"""``openvino.tools.pot.algorithms.quantization.fake_quantize_configuration``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.fake_quantize_nodes import ACTIVATION_QUANTIZATION_MODES as ACTIVATION_QUANTIZATION_MODES
from openpot.legacy.fake_quantize_nodes import QUANTIZATION_MODES as QUANTIZATION_MODES
from openpot.legacy.fake_quantize_nodes import QUANTIZATION_PARAMETERS as QUANTIZATION_PARAMETERS
from openpot.legacy.fake_quantize_nodes import get_fake_quantize_configuration as get_fake_quantize_configuration

__all__ = [
    "ACTIVATION_QUANTIZATION_MODES",
    "QUANTIZATION_MODES",
    "QUANTIZATION_PARAMETERS",
    "get_fake_quantize_configuration",
]

__getattr__ = refuse_absent_names(__name__)

"""``openvino.tools.pot.algorithms.quantization.utils``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.hardware_config import load_hardware_config as load_hardware_config

__all__ = [
    "load_hardware_config",
]

__getattr__ = refuse_absent_names(__name__)

"""``openvino.tools.pot.configs.hardware_config``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.hardware_config import HardwareConfig as HardwareConfig

__all__ = [
    "HardwareConfig",
]

__getattr__ = refuse_absent_names(__name__)

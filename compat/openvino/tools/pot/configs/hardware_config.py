"""``openvino.tools.pot.configs.hardware_config``: historic names of openpot."""

from openpot.legacy.hardware_config import HardwareConfig as HardwareConfig

__all__ = [
    "HardwareConfig",
]

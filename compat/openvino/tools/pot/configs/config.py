"""``openvino.tools.pot.configs.config``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.configuration import DEFAULT_PRESET as DEFAULT_PRESET
from openpot.legacy.configuration import DEFAULT_TARGET_DEVICE as DEFAULT_TARGET_DEVICE
from openpot.legacy.configuration import GNA_DEVICES as GNA_DEVICES
from openpot.legacy.configuration import Config as Config

__all__ = [
    "DEFAULT_PRESET",
    "DEFAULT_TARGET_DEVICE",
    "GNA_DEVICES",
    "Config",
]

__getattr__ = refuse_absent_names(__name__)

"""``openvino.tools.pot.configs``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openvino.tools.pot.configs import config as config
from openvino.tools.pot.configs import hardware_config as hardware_config

__all__: list[str] = []

__getattr__ = refuse_absent_names(__name__)

"""``openvino.tools.pot.configs``: historic names of openpot."""

from openvino.tools.pot.configs import config as config
from openvino.tools.pot.configs import hardware_config as hardware_config

__all__: list[str] = []

"""``openvino.tools.pot.utils``: historic names of openpot."""

from openvino.tools.pot.utils import config_reader as config_reader
from openvino.tools.pot.utils import launcher as launcher
from openvino.tools.pot.utils import logger as logger
from openvino.tools.pot.utils import registry as registry
from openvino.tools.pot.utils import utils as utils

__all__: list[str] = []

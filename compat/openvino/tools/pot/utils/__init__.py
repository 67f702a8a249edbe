"""``openvino.tools.pot.utils``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openvino.tools.pot.utils import config_reader as config_reader
from openvino.tools.pot.utils import launcher as launcher
from openvino.tools.pot.utils import logger as logger
from openvino.tools.pot.utils import registry as registry
from openvino.tools.pot.utils import timestamp as timestamp
from openvino.tools.pot.utils import utils as utils

__all__: list[str] = []

__getattr__ = refuse_absent_names(__name__)

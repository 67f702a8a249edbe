"""``openvino.tools.pot.engines``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openvino.tools.pot.engines import creator as creator
from openvino.tools.pot.engines import ie_engine as ie_engine
from openvino.tools.pot.engines import simplified_engine as simplified_engine
from openvino.tools.pot.engines import utils as utils

__all__: list[str] = []

__getattr__ = refuse_absent_names(__name__)

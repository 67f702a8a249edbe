"""``openvino.tools.pot.api.samples``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openvino.tools.pot.api.samples import utils as utils

__all__: list[str] = []

__getattr__ = refuse_absent_names(__name__)

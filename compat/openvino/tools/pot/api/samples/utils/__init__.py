"""``openvino.tools.pot.api.samples.utils``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openvino.tools.pot.api.samples.utils import argument_parser as argument_parser

__all__: list[str] = []

__getattr__ = refuse_absent_names(__name__)

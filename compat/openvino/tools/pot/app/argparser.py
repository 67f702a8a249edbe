"""``openvino.tools.pot.app.argparser``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.argument_parser import get_common_argument_parser as get_common_argument_parser

__all__ = [
    "get_common_argument_parser",
]

__getattr__ = refuse_absent_names(__name__)

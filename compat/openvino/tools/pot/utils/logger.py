"""``openvino.tools.pot.utils.logger``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.logger import get_logger as get_logger
from openpot.legacy.logger import init_logger as init_logger
from openpot.legacy.logger import stdout_redirect as stdout_redirect

__all__ = [
    "get_logger",
    "init_logger",
    "stdout_redirect",
]

__getattr__ = refuse_absent_names(__name__)

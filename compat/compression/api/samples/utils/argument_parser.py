"""``compression.api.samples.utils.argument_parser``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.argument_parser import get_common_argparser as get_common_argparser

__all__ = [
    "get_common_argparser",
]

__getattr__ = refuse_absent_names(__name__)

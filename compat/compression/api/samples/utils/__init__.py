"""``compression.api.samples.utils``: historic names of openpot."""

from compression.api.samples.utils import argument_parser as argument_parser
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names

__all__: list[str] = []

__getattr__ = refuse_absent_names(__name__)

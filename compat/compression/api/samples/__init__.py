"""``compression.api.samples``: historic names of openpot."""

from compression.api.samples import utils as utils
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names

__all__: list[str] = []

__getattr__ = refuse_absent_names(__name__)

"""``compression.engines``: historic names of openpot."""

from compression.engines import creator as creator
from compression.engines import ie_engine as ie_engine
from compression.engines import simplified_engine as simplified_engine
from compression.engines import utils as utils
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names

__all__: list[str] = []

__getattr__ = refuse_absent_names(__name__)

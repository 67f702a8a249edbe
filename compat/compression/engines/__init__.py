"""``compression.engines``: historic names of openpot."""

from compression.engines import creator as creator
from compression.engines import ie_engine as ie_engine
from compression.engines import simplified_engine as simplified_engine
from compression.engines import utils as utils

__all__: list[str] = []

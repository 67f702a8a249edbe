"""``compression.engines.ie_engine``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.engines import IEEngine as IEEngine

__all__ = [
    "IEEngine",
]

__getattr__ = refuse_absent_names(__name__)

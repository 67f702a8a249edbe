"""``compression.engines.simplified_engine``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.engines import SimplifiedEngine as SimplifiedEngine

__all__ = [
    "SimplifiedEngine",
]

__getattr__ = refuse_absent_names(__name__)

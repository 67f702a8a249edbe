"""``compression.engines.creator``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.creators import create_engine as create_engine

__all__ = [
    "create_engine",
]

__getattr__ = refuse_absent_names(__name__)

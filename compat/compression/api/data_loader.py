"""``compression.api.data_loader``: historic names of openpot."""

from openpot.data.loader import DataLoader as DataLoader
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names

__all__ = [
    "DataLoader",
]

__getattr__ = refuse_absent_names(__name__)

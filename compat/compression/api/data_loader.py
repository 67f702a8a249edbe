"""``compression.api.data_loader``: historic names of openpot."""

from openpot.data.loader import DataLoader as DataLoader

__all__ = [
    "DataLoader",
]

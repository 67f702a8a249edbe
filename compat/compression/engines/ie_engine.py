"""``compression.engines.ie_engine``: historic names of openpot."""

from openpot.legacy.engines import IEEngine as IEEngine

__all__ = [
    "IEEngine",
]

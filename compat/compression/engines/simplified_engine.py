"""``compression.engines.simplified_engine``: historic names of openpot."""

from openpot.legacy.engines import SimplifiedEngine as SimplifiedEngine

__all__ = [
    "SimplifiedEngine",
]

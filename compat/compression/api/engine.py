"""``compression.api.engine``: historic names of openpot."""

from openpot.engine.base import Engine as Engine

__all__ = [
    "Engine",
]

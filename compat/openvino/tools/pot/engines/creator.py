"""``openvino.tools.pot.engines.creator``: historic names of openpot."""

from openpot.legacy.creators import create_engine as create_engine

__all__ = [
    "create_engine",
]

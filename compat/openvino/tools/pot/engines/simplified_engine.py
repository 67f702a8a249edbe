"""``openvino.tools.pot.engines.simplified_engine``: historic names of openpot."""

from openpot.engine.simplified_engine import SimplifiedEngine as SimplifiedEngine

__all__ = [
    "SimplifiedEngine",
]

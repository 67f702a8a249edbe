"""``compression.engines.ie_engine``: historic names of openpot."""

from openpot.engine.openvino_engine import IEEngine as IEEngine

__all__ = [
    "IEEngine",
]

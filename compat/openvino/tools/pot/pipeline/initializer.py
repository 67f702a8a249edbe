"""``openvino.tools.pot.pipeline.initializer``: historic names of openpot."""

from openpot.pipeline import create_pipeline as create_pipeline

__all__ = [
    "create_pipeline",
]

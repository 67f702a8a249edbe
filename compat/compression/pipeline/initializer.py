"""``compression.pipeline.initializer``: historic names of openpot."""

from openpot.legacy.create_pipeline import create_pipeline as create_pipeline

__all__ = [
    "create_pipeline",
]

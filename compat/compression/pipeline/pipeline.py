"""``compression.pipeline.pipeline``: historic names of openpot."""

from openpot.pipeline import Pipeline as Pipeline

__all__ = [
    "Pipeline",
]

"""``compression.pipeline.initializer``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.create_pipeline import create_pipeline as create_pipeline

__all__ = [
    "create_pipeline",
]

__getattr__ = refuse_absent_names(__name__)

"""``compression.pipeline``: historic names of openpot."""

from compression.pipeline import initializer as initializer
from compression.pipeline import pipeline as pipeline
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names

__all__: list[str] = []

__getattr__ = refuse_absent_names(__name__)

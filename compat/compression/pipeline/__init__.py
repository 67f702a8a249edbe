"""``compression.pipeline``: historic names of openpot."""

from compression.pipeline import initializer as initializer
from compression.pipeline import pipeline as pipeline

__all__: list[str] = []

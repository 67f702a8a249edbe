"""``compression.api.samples.utils``: historic names of openpot."""

from compression.api.samples.utils import argument_parser as argument_parser

__all__: list[str] = []

"""``compression.api.samples``: historic names of openpot."""

from compression.api.samples import utils as utils

__all__: list[str] = []

"""``compression.samplers.sampler``: historic names of openpot."""

from openpot.data.sampler_base import Sampler as Sampler
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names

__all__ = [
    "Sampler",
]

__getattr__ = refuse_absent_names(__name__)

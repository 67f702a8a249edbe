"""``compression.samplers``: historic names of openpot."""

from compression.samplers import batch_sampler as batch_sampler
from compression.samplers import creator as creator
from compression.samplers import index_sampler as index_sampler
from compression.samplers import sampler as sampler
from openpot.data.sampler_base import Sampler as Sampler

__all__ = [
    "Sampler",
]

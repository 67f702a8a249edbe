"""``compression.samplers``: historic names of openpot."""

from compression.samplers import batch_sampler as batch_sampler
from compression.samplers import creator as creator
from compression.samplers import index_sampler as index_sampler
from compression.samplers import sampler as sampler
from openpot.data.sampler_base import Sampler as Sampler
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names

__all__ = [
    "Sampler",
]

__getattr__ = refuse_absent_names(__name__)

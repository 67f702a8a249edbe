"""``compression.samplers.batch_sampler``: historic names of openpot."""

from openpot.data.sampler import BatchSampler as BatchSampler
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names

__all__ = [
    "BatchSampler",
]

__getattr__ = refuse_absent_names(__name__)

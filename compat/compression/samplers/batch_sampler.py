"""``compression.samplers.batch_sampler``: historic names of openpot."""

from openpot.data.sampler import BatchSampler as BatchSampler

__all__ = [
    "BatchSampler",
]

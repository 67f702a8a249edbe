"""``compression.samplers.index_sampler``: historic names of openpot."""

from openpot.data.index_sampler import IndexSampler as IndexSampler

__all__ = [
    "IndexSampler",
]

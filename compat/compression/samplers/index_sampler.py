"""``compression.samplers.index_sampler``: historic names of openpot."""

from openpot.data.index_sampler import IndexSampler as IndexSampler
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names

__all__ = [
    "IndexSampler",
]

__getattr__ = refuse_absent_names(__name__)

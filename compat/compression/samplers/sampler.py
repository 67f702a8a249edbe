"""``compression.samplers.sampler``: historic names of openpot."""

from openpot.data.sampler_base import Sampler as Sampler

__all__ = [
    "Sampler",
]

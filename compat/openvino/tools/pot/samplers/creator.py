"""``openvino.tools.pot.samplers.creator``: historic names of openpot."""

from openpot.data.sampler import create_sampler as create_sampler

__all__ = [
    "create_sampler",
]

"""``openvino.tools.pot.samplers.creator``: historic names of openpot."""

from openpot.data.sampler import create_sampler as create_sampler
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names

__all__ = [
    "create_sampler",
]

__getattr__ = refuse_absent_names(__name__)

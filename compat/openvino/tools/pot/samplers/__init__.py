"""``openvino.tools.pot.samplers``: historic names of openpot."""

from openpot.data.sampler_base import Sampler as Sampler
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openvino.tools.pot.samplers import batch_sampler as batch_sampler
from openvino.tools.pot.samplers import creator as creator
from openvino.tools.pot.samplers import index_sampler as index_sampler
from openvino.tools.pot.samplers import sampler as sampler

__all__ = [
    "Sampler",
]

__getattr__ = refuse_absent_names(__name__)

"""``openvino.tools.pot.algorithms.quantization.channel_alignment.algorithm``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.algorithm_classes import ActivationChannelAlignment as ActivationChannelAlignment

__all__ = [
    "ActivationChannelAlignment",
]

__getattr__ = refuse_absent_names(__name__)

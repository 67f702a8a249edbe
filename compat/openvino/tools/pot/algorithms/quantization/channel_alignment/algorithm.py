"""``openvino.tools.pot.algorithms.quantization.channel_alignment.algorithm``: historic names of openpot."""

from openpot.algorithms.channel_alignment import ActivationChannelAlignment as ActivationChannelAlignment

__all__ = [
    "ActivationChannelAlignment",
]

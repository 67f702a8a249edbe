"""``openvino.tools.pot.algorithms.quantization.channel_alignment.algorithm``: historic names of openpot."""

from openpot.legacy.algorithm_classes import ActivationChannelAlignment as ActivationChannelAlignment

__all__ = [
    "ActivationChannelAlignment",
]

"""``openvino.tools.pot.algorithms.quantization.outlier_channel_splitting.algorithm``: historic names of openpot."""

from openpot.legacy.algorithm_classes import OutlierChannelSplitting as OutlierChannelSplitting

__all__ = [
    "OutlierChannelSplitting",
]

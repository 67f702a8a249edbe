"""``openvino.tools.pot.algorithms.quantization.outlier_channel_splitting.algorithm``: historic names of openpot."""

from openpot.algorithms.outlier_channel_splitting import OutlierChannelSplitting as OutlierChannelSplitting

__all__ = [
    "OutlierChannelSplitting",
]

"""``openvino.tools.pot.algorithms.quantization.outlier_channel_splitting.algorithm``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.algorithm_classes import OutlierChannelSplitting as OutlierChannelSplitting

__all__ = [
    "OutlierChannelSplitting",
]

__getattr__ = refuse_absent_names(__name__)

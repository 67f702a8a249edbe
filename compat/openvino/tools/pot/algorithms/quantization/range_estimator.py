"""``openvino.tools.pot.algorithms.quantization.range_estimator``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.range_estimator import get_range_estimator_config as get_range_estimator_config

__all__ = [
    "get_range_estimator_config",
]

__getattr__ = refuse_absent_names(__name__)

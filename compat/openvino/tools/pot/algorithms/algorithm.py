"""``openvino.tools.pot.algorithms.algorithm``: historic names of openpot."""

from openpot.algorithms.base import Algorithm as Algorithm
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names

__all__ = [
    "Algorithm",
]

__getattr__ = refuse_absent_names(__name__)

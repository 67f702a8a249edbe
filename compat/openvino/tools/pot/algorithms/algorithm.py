"""``openvino.tools.pot.algorithms.algorithm``: historic names of openpot."""

from openpot.algorithms.base import Algorithm as Algorithm

__all__ = [
    "Algorithm",
]

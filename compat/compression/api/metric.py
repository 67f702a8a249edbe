"""``compression.api.metric``: historic names of openpot."""

from openpot.data.metric import Metric as Metric

__all__ = [
    "Metric",
]

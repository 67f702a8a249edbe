"""``compression.api.metric``: historic names of openpot."""

from openpot.data.metric import Metric as Metric
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names

__all__ = [
    "Metric",
]

__getattr__ = refuse_absent_names(__name__)

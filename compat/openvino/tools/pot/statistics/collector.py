"""``openvino.tools.pot.statistics.collector``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.collect_statistics import collect_statistics as collect_statistics
from openpot.statistics.collector import StatisticsCollector as StatisticsCollector

__all__ = [
    "StatisticsCollector",
    "collect_statistics",
]

__getattr__ = refuse_absent_names(__name__)

"""``compression.statistics.collector``: historic names of openpot."""

from openpot.legacy.collect_statistics import collect_statistics as collect_statistics
from openpot.statistics.collector import StatisticsCollector as StatisticsCollector

__all__ = [
    "StatisticsCollector",
    "collect_statistics",
]

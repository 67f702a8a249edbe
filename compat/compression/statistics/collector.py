"""``compression.statistics.collector``: historic names of openpot."""

from openpot.statistics.collector import StatisticsCollector as StatisticsCollector
from openpot.statistics.collector import collect_statistics as collect_statistics

__all__ = [
    "StatisticsCollector",
    "collect_statistics",
]

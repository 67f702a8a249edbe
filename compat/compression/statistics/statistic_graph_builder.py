"""``compression.statistics.statistic_graph_builder``: historic names of openpot."""

from openpot.engine.statistic_graph import StatisticGraphBuilder as StatisticGraphBuilder
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names

__all__ = [
    "StatisticGraphBuilder",
]

__getattr__ = refuse_absent_names(__name__)

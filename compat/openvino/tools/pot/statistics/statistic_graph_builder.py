"""``openvino.tools.pot.statistics.statistic_graph_builder``: historic names of openpot."""

from openpot.engine.statistic_graph import StatisticGraphBuilder as StatisticGraphBuilder

__all__ = [
    "StatisticGraphBuilder",
]

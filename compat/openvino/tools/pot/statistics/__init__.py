"""``openvino.tools.pot.statistics``: historic names of openpot."""

from openvino.tools.pot.statistics import collector as collector
from openvino.tools.pot.statistics import function_selector as function_selector
from openvino.tools.pot.statistics import functions as functions
from openvino.tools.pot.statistics import statistic_graph_builder as statistic_graph_builder
from openvino.tools.pot.statistics import statistics as statistics

__all__: list[str] = []

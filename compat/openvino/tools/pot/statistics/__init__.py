"""``openvino.tools.pot.statistics``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openvino.tools.pot.statistics import collector as collector
from openvino.tools.pot.statistics import function_selector as function_selector
from openvino.tools.pot.statistics import functions as functions
from openvino.tools.pot.statistics import statistic_graph_builder as statistic_graph_builder
from openvino.tools.pot.statistics import statistics as statistics

__all__: list[str] = []

__getattr__ = refuse_absent_names(__name__)

"""``compression.statistics``: historic names of openpot."""

from compression.statistics import collector as collector
from compression.statistics import function_selector as function_selector
from compression.statistics import functions as functions
from compression.statistics import statistic_graph_builder as statistic_graph_builder
from compression.statistics import statistics as statistics
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names

__all__: list[str] = []

__getattr__ = refuse_absent_names(__name__)

"""``compression.statistics.function_selector``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.function_selector import ACTIVATIONS as ACTIVATIONS
from openpot.legacy.function_selector import ACTIVATIONS_STATS_FN as ACTIVATIONS_STATS_FN
from openpot.legacy.function_selector import AGGREGATION_FN as AGGREGATION_FN
from openpot.legacy.function_selector import PERCHANNEL as PERCHANNEL
from openpot.legacy.function_selector import PERTENSOR as PERTENSOR
from openpot.legacy.function_selector import WEIGHTS as WEIGHTS
from openpot.legacy.function_selector import WEIGHTS_STATS_FN as WEIGHTS_STATS_FN
from openpot.legacy.function_selector import get_aggregation_function as get_aggregation_function
from openpot.legacy.function_selector import get_stats_function as get_stats_function
from openpot.legacy.function_selector import get_stats_function_for_activations as get_stats_function_for_activations
from openpot.legacy.function_selector import get_stats_function_for_weights as get_stats_function_for_weights

__all__ = [
    "ACTIVATIONS",
    "ACTIVATIONS_STATS_FN",
    "AGGREGATION_FN",
    "PERCHANNEL",
    "PERTENSOR",
    "WEIGHTS",
    "WEIGHTS_STATS_FN",
    "get_aggregation_function",
    "get_stats_function",
    "get_stats_function_for_activations",
    "get_stats_function_for_weights",
]

__getattr__ = refuse_absent_names(__name__)

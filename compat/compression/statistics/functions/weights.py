"""``compression.statistics.functions.weights``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.function_selector import PERCHANNEL as PERCHANNEL
from openpot.legacy.function_selector import PERTENSOR as PERTENSOR
from openpot.legacy.function_selector import WEIGHTS_PER_CHANNEL as w_stats_fn_per_channel
from openpot.legacy.function_selector import WEIGHTS_PER_TENSOR as w_stats_fn_per_tensor
from openpot.legacy.statistic_functions import calculate_per_filter_stats as calculate_per_filter_stats
from openpot.numerics.filter_functions import abs_max_per_filter as abs_max_per_filter
from openpot.numerics.filter_functions import abs_max_per_tensor as abs_max_per_tensor
from openpot.numerics.filter_functions import abs_quantile_per_filter as abs_quantile_per_filter
from openpot.numerics.filter_functions import abs_quantile_per_tensor as abs_quantile_per_tensor
from openpot.numerics.filter_functions import max_per_filter as max_per_filter
from openpot.numerics.filter_functions import max_per_tensor as max_per_tensor
from openpot.numerics.filter_functions import min_per_filter as min_per_filter
from openpot.numerics.filter_functions import min_per_tensor as min_per_tensor
from openpot.numerics.filter_functions import quantile_per_filter as quantile_per_filter
from openpot.numerics.filter_functions import quantile_per_tensor as quantile_per_tensor

__all__ = [
    "PERCHANNEL",
    "PERTENSOR",
    "abs_max_per_filter",
    "abs_max_per_tensor",
    "abs_quantile_per_filter",
    "abs_quantile_per_tensor",
    "calculate_per_filter_stats",
    "max_per_filter",
    "max_per_tensor",
    "min_per_filter",
    "min_per_tensor",
    "quantile_per_filter",
    "quantile_per_tensor",
    "w_stats_fn_per_channel",
    "w_stats_fn_per_tensor",
]

__getattr__ = refuse_absent_names(__name__)

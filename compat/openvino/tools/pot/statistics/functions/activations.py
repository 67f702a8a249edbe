"""``openvino.tools.pot.statistics.functions.activations``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.function_selector import COMPUTED_PER_CHANNEL as compute_act_stats_fn_per_channel
from openpot.legacy.function_selector import COMPUTED_PER_TENSOR as compute_act_stats_fn_per_tensor
from openpot.legacy.function_selector import PERCHANNEL as PERCHANNEL
from openpot.legacy.function_selector import PERTENSOR as PERTENSOR
from openpot.legacy.function_selector import REDUCED_PER_CHANNEL as get_act_stats_fn_per_channel
from openpot.legacy.function_selector import REDUCED_PER_TENSOR as get_act_stats_fn_per_tensor
from openpot.legacy.statistic_functions import calculate_per_channel_stats as calculate_per_channel_stats
from openpot.legacy.statistic_functions import calculate_per_tensor_stats as calculate_per_tensor_stats
from openpot.numerics.sample_functions import abs_max_per_channel as abs_max_per_channel
from openpot.numerics.sample_functions import abs_max_per_tensor as abs_max_per_tensor
from openpot.numerics.sample_functions import abs_quantile_per_channel as abs_quantile_per_channel
from openpot.numerics.sample_functions import abs_quantile_per_tensor as abs_quantile_per_tensor
from openpot.numerics.sample_functions import already_reduced as get_abs_max_per_channel
from openpot.numerics.sample_functions import already_reduced as get_abs_max_per_tensor
from openpot.numerics.sample_functions import already_reduced as get_max_per_channel
from openpot.numerics.sample_functions import already_reduced as get_max_per_tensor
from openpot.numerics.sample_functions import already_reduced as get_mean_per_channel
from openpot.numerics.sample_functions import already_reduced as get_mean_per_channel_axis
from openpot.numerics.sample_functions import already_reduced as get_min_per_channel
from openpot.numerics.sample_functions import already_reduced as get_min_per_tensor
from openpot.numerics.sample_functions import max_per_channel as max_per_channel
from openpot.numerics.sample_functions import max_per_tensor as max_per_tensor
from openpot.numerics.sample_functions import mean_per_channel as mean_per_channel
from openpot.numerics.sample_functions import mean_per_channel_axis as mean_per_channel_axis
from openpot.numerics.sample_functions import min_per_channel as min_per_channel
from openpot.numerics.sample_functions import min_per_tensor as min_per_tensor
from openpot.numerics.sample_functions import quantile_per_channel as quantile_per_channel
from openpot.numerics.sample_functions import quantile_per_tensor as quantile_per_tensor

__all__ = [
    "PERCHANNEL",
    "PERTENSOR",
    "abs_max_per_channel",
    "abs_max_per_tensor",
    "abs_quantile_per_channel",
    "abs_quantile_per_tensor",
    "calculate_per_channel_stats",
    "calculate_per_tensor_stats",
    "compute_act_stats_fn_per_channel",
    "compute_act_stats_fn_per_tensor",
    "get_abs_max_per_channel",
    "get_abs_max_per_tensor",
    "get_act_stats_fn_per_channel",
    "get_act_stats_fn_per_tensor",
    "get_max_per_channel",
    "get_max_per_tensor",
    "get_mean_per_channel",
    "get_mean_per_channel_axis",
    "get_min_per_channel",
    "get_min_per_tensor",
    "max_per_channel",
    "max_per_tensor",
    "mean_per_channel",
    "mean_per_channel_axis",
    "min_per_channel",
    "min_per_tensor",
    "quantile_per_channel",
    "quantile_per_tensor",
]

__getattr__ = refuse_absent_names(__name__)

"""``compression.statistics.functions.activations``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.numerics.sample_functions import PER_CHANNEL as compute_act_stats_fn_per_channel
from openpot.numerics.sample_functions import PER_TENSOR as compute_act_stats_fn_per_tensor
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
    "abs_max_per_channel",
    "abs_max_per_tensor",
    "abs_quantile_per_channel",
    "abs_quantile_per_tensor",
    "compute_act_stats_fn_per_channel",
    "compute_act_stats_fn_per_tensor",
    "get_abs_max_per_channel",
    "get_abs_max_per_tensor",
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

"""``openvino.tools.pot.algorithms.quantization.fake_quantize``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.fake_quantize_nodes import compute_stats_layouts as compute_stats_layouts
from openpot.legacy.fake_quantize_nodes import get_fake_quantize_first_output as get_fake_quantize_first_output
from openpot.legacy.fake_quantize_nodes import get_fake_quantize_input as get_fake_quantize_input
from openpot.legacy.fake_quantize_nodes import get_fake_quantize_input_value as get_fake_quantize_input_value
from openpot.legacy.fake_quantize_nodes import get_num_levels as get_num_levels
from openpot.legacy.fake_quantize_nodes import get_value as get_value
from openpot.legacy.range_functions import compute_levels as compute_levels
from openpot.legacy.range_functions import fill_fake_quantize_node as fill_fake_quantize_node
from openpot.legacy.range_functions import fix_zero_filters_asymmetric as fix_zero_filters_asymmetric
from openpot.legacy.range_functions import fix_zero_filters_symmetric as fix_zero_filters_symmetric
from openpot.legacy.range_functions import tune_range as tune_range
from openpot.legacy.range_functions import tune_range_unify_zp as tune_range_unify_zp

__all__ = [
    "compute_levels",
    "compute_stats_layouts",
    "fill_fake_quantize_node",
    "fix_zero_filters_asymmetric",
    "fix_zero_filters_symmetric",
    "get_fake_quantize_first_output",
    "get_fake_quantize_input",
    "get_fake_quantize_input_value",
    "get_num_levels",
    "get_value",
    "tune_range",
    "tune_range_unify_zp",
]

__getattr__ = refuse_absent_names(__name__)

"""``openvino.tools.pot.algorithms.quantization.fake_quantize``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.range_functions import compute_levels as compute_levels
from openpot.legacy.range_functions import fill_fake_quantize_node as fill_fake_quantize_node
from openpot.legacy.range_functions import fix_zero_filters_asymmetric as fix_zero_filters_asymmetric
from openpot.legacy.range_functions import fix_zero_filters_symmetric as fix_zero_filters_symmetric
from openpot.legacy.range_functions import tune_range as tune_range
from openpot.legacy.range_functions import tune_range_unify_zp as tune_range_unify_zp

__all__ = [
    "compute_levels",
    "fill_fake_quantize_node",
    "fix_zero_filters_asymmetric",
    "fix_zero_filters_symmetric",
    "tune_range",
    "tune_range_unify_zp",
]

__getattr__ = refuse_absent_names(__name__)

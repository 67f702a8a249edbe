"""``compression.graph.special_operations``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.operation_lists import CONCAT_UNIFY_INPUTS as CONCAT_UNIFY_INPUTS
from openpot.legacy.operation_lists import CONCAT_UNIFY_OUTPUTS as CONCAT_UNIFY_OUTPUTS
from openpot.legacy.operation_lists import DETECTION_OUTPUT_FINAL_TYPES as DETECTION_OUTPUT_FINAL_TYPES
from openpot.legacy.operation_lists import ELTWISE_TYPES as ELTWISE_TYPES
from openpot.legacy.operation_lists import OPERATIONS_CHANNEL_AXIS as OPERATIONS_CHANNEL_AXIS
from openpot.legacy.operation_lists import OPERATIONS_WITH_BIAS as OPERATIONS_WITH_BIAS
from openpot.legacy.operation_lists import OPERATIONS_WITH_WEIGHTS as OPERATIONS_WITH_WEIGHTS
from openpot.legacy.operation_lists import QUANTIZE_AGNOSTIC_OPERATIONS as QUANTIZE_AGNOSTIC_OPERATIONS
from openpot.legacy.operation_lists import SPLIT_OPERATIONS as SPLIT_OPERATIONS
from openpot.legacy.operation_lists import TRANSPOSED_OPERATIONS as TRANSPOSED_OPERATIONS
from openpot.legacy.operation_lists import TYPES_TO_QUANTIZABLE_PORTS as TYPES_TO_QUANTIZABLE_PORTS
from openpot.legacy.operation_lists import is_eltwise as is_eltwise

__all__ = [
    "CONCAT_UNIFY_INPUTS",
    "CONCAT_UNIFY_OUTPUTS",
    "DETECTION_OUTPUT_FINAL_TYPES",
    "ELTWISE_TYPES",
    "OPERATIONS_CHANNEL_AXIS",
    "OPERATIONS_WITH_BIAS",
    "OPERATIONS_WITH_WEIGHTS",
    "QUANTIZE_AGNOSTIC_OPERATIONS",
    "SPLIT_OPERATIONS",
    "TRANSPOSED_OPERATIONS",
    "TYPES_TO_QUANTIZABLE_PORTS",
    "is_eltwise",
]

__getattr__ = refuse_absent_names(__name__)

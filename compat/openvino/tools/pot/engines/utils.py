"""``openvino.tools.pot.engines.utils``: historic names of openpot."""

from openpot.inference.named_outputs import clean_name as get_clean_name
from openpot.inference.named_outputs import collect_arrays_by_name as process_raw_output
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.engine_functions import add_tensor_names as add_tensor_names
from openpot.legacy.engine_functions import align_stat_names_with_results as align_stat_names_with_results
from openpot.legacy.engine_functions import append_stats as append_stats
from openpot.legacy.engine_functions import cast_friendly_names as cast_friendly_names
from openpot.legacy.engine_functions import collect_model_outputs as collect_model_outputs
from openpot.legacy.engine_functions import process_accumulated_stats as process_accumulated_stats
from openpot.legacy.engine_functions import restore_original_node_names as restore_original_node_names

__all__ = [
    "add_tensor_names",
    "align_stat_names_with_results",
    "append_stats",
    "cast_friendly_names",
    "collect_model_outputs",
    "get_clean_name",
    "process_accumulated_stats",
    "process_raw_output",
    "restore_original_node_names",
]

__getattr__ = refuse_absent_names(__name__)

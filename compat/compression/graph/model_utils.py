"""``compression.graph.model_utils``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.compressed_model import load_model as load_model
from openpot.legacy.compressed_model import save_model as save_model
from openpot.legacy.model_nodes import add_outputs as add_outputs
from openpot.legacy.model_nodes import get_all_operation_nodes as get_all_operation_nodes
from openpot.legacy.model_nodes import get_node_by_name as get_node_by_name
from openpot.legacy.model_nodes import get_nodes_by_type as get_nodes_by_type
from openpot.rewrites.compress_weights import compress_model_weights as compress_model_weights

__all__ = [
    "add_outputs",
    "compress_model_weights",
    "get_all_operation_nodes",
    "get_node_by_name",
    "get_nodes_by_type",
    "load_model",
    "save_model",
]

__getattr__ = refuse_absent_names(__name__)

"""``compression.graph``: historic names of openpot."""

from compression.graph import editor as editor
from compression.graph import model_utils as model_utils
from compression.graph import node_utils as node_utils
from compression.graph import nx_model as nx_model
from compression.graph import special_operations as special_operations
from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.compressed_model import load_model as load_model
from openpot.legacy.compressed_model import save_model as save_model
from openpot.legacy.graph_editor import connect_nodes as connect_nodes
from openpot.legacy.graph_editor import connect_nodes_by_name as connect_nodes_by_name
from openpot.legacy.graph_editor import remove_node_by_name as remove_node_by_name

__all__ = [
    "connect_nodes",
    "connect_nodes_by_name",
    "load_model",
    "remove_node_by_name",
    "save_model",
]

__getattr__ = refuse_absent_names(__name__)

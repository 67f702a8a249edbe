"""``openvino.tools.pot.graph.editor``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.graph_editor import connect_nodes as connect_nodes
from openpot.legacy.graph_editor import connect_nodes_by_name as connect_nodes_by_name
from openpot.legacy.graph_editor import find_node as find_node
from openpot.legacy.graph_editor import get_all_operation_nodes as get_all_operation_nodes
from openpot.legacy.graph_editor import get_node_by_name as get_node_by_name
from openpot.legacy.graph_editor import get_nodes_by_type as get_nodes_by_type
from openpot.legacy.graph_editor import remove_node_by_name as remove_node_by_name

__all__ = [
    "connect_nodes",
    "connect_nodes_by_name",
    "find_node",
    "get_all_operation_nodes",
    "get_node_by_name",
    "get_nodes_by_type",
    "remove_node_by_name",
]

__getattr__ = refuse_absent_names(__name__)

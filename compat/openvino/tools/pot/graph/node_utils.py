"""``openvino.tools.pot.graph.node_utils``: historic names of openpot."""

from openpot.legacy.absent import refuse_absent_names as refuse_absent_names
from openpot.legacy.node_access import check_const_input as check_const_input
from openpot.legacy.node_access import check_input_data_is_const as check_input_data_is_const
from openpot.legacy.node_access import get_all_node_outputs as get_all_node_outputs
from openpot.legacy.node_access import get_bias_for_node as get_bias_for_node
from openpot.legacy.node_access import get_first_convolutions as get_first_convolutions
from openpot.legacy.node_access import get_input_data_value as get_input_data_value
from openpot.legacy.node_access import get_input_shape as get_input_shape
from openpot.legacy.node_access import get_lstm_ends as get_lstm_ends
from openpot.legacy.node_access import get_node_input as get_node_input
from openpot.legacy.node_access import get_node_input_ports as get_node_input_ports
from openpot.legacy.node_access import get_node_inputs as get_node_inputs
from openpot.legacy.node_access import get_node_output as get_node_output
from openpot.legacy.node_access import get_node_output_ports as get_node_output_ports
from openpot.legacy.node_access import get_node_value as get_node_value
from openpot.legacy.node_access import get_output_shape as get_output_shape
from openpot.legacy.node_access import get_quantized_input_key as get_quantized_input_key
from openpot.legacy.node_access import get_weights_for_node as get_weights_for_node
from openpot.legacy.node_access import node_with_quantized_weights as node_with_quantized_weights
from openpot.legacy.node_access import reset_node_fullname as reset_node_fullname
from openpot.legacy.node_access import set_bias_for_node as set_bias_for_node
from openpot.legacy.node_access import set_node_value as set_node_value
from openpot.legacy.node_access import set_weights_for_node as set_weights_for_node
from openpot.legacy.output_keys import convert_to_outputs_name as convert_to_outputs_name

__all__ = [
    "check_const_input",
    "check_input_data_is_const",
    "convert_to_outputs_name",
    "get_all_node_outputs",
    "get_bias_for_node",
    "get_first_convolutions",
    "get_input_data_value",
    "get_input_shape",
    "get_lstm_ends",
    "get_node_input",
    "get_node_input_ports",
    "get_node_inputs",
    "get_node_output",
    "get_node_output_ports",
    "get_node_value",
    "get_output_shape",
    "get_quantized_input_key",
    "get_weights_for_node",
    "node_with_quantized_weights",
    "reset_node_fullname",
    "set_bias_for_node",
    "set_node_value",
    "set_weights_for_node",
]

__getattr__ = refuse_absent_names(__name__)

"""Data: the members of POT's classes that scripts read, override or call: which work here, and why others do not.

The names are those of POT 2023.3, public and protected, inherited ones included. ``members.py`` reads this: the errors,
the table in ``docs/migration.md`` and the tests come from it.
"""

from __future__ import annotations

from collections.abc import Mapping

from openpot.legacy.absent_names import Absence

_PROGRESS = Absence("progress is counted in inferences, not in steps of algorithms", "the attribute progress")
_PREFIX = Absence(
    "the members of a cascade have their prefix as long as they are in memory",
    "save(..., for_stat_collection=True) to keep it on disk",
)
_SEARCH_STEP = Absence(
    "it was a step of POT's search; units of operations are scored on one compiled graph now",
    "result.evaluations, which holds every model that was evaluated, after run",
)
_SEARCH_FLAG = Absence(
    "it steered POT's search, which is another one now",
    "the parameters max_iter_num, ranking_subset_size and base_algorithm",
)
_ALTERNATIVES = Absence(
    "what is tried before operations are reverted to float is made when its turn comes",
    "the parameters convert_to_mixed_preset and tune_hyperparams",
)
_PLANNED = Absence(
    "what is quantized is a plan, made before the model is touched", "result.quantization, which holds it, after run"
)
_REVERTED = Absence("the search returns operations to float in units", "result.in_float, after run")
_OUTPUTS = Absence("outputs are compared without statistics", "the parameter annotation_free")
_MAKE = Absence(
    "a graph is an openvino.Model now, whose operations are made with their inputs",
    "openpot.graph.build, which makes operations, and openpot.graph.edit, which puts them in",
)
_CONNECT = Absence(
    "a graph is an openvino.Model now, in which inputs read outputs", "graph.editor.connect_nodes, or connect of a port"
)
_EDGES = Absence("edges have no attributes in an openvino.Model", "in_port(i).get_source() and in_node(i)")
_PORTS = Absence("the type of an operation says how many ports it has", "in_ports() and out_ports()")
_DERIVED = Absence("shapes and types follow from the graph", "nothing: remove the call")
_WALKS = Absence("it walked the networkx graph of Model Optimizer", "get_op_nodes() and get_destinations() of ports")
_CHECKS = Absence("OpenVINO checks a graph whenever it is changed", "nothing: remove the call")
_FRONT_ENDS = Absence("it served Model Optimizer's front ends", "get_ordered_ops() of the graph")
_TENSOR_NAMES = Absence(
    "tensors carry their names themselves", "get_tensor_names(), or openpot.graph.edit.set_tensor_names to set them"
)
_CONNECTIONS = Absence("there are no objects for connections", "get_source(), get_destinations() and connect of ports")

WORKING: Mapping[str, str] = {
    "IEEngine": (
        "_accumulated_layer_stats _add_outputs _collect_statistics _convert_stats_names _data_loader _device "
        "_eval_requests_number _fill_input _get_input_any_name _get_requests_number _ie _metric _model _nx_model "
        "_output_layers _per_sample_metrics _predict _print_inference_progress _process_batch _process_dataset "
        "_process_dataset_async _process_infer_output _reset _set_model _stat_requests_number "
        "_statistic_graph_builder _tmp_dir _update_metrics config data_loader get_metrics_attributes metric "
        "postprocess_output predict set_model"
    ),
    "Engine": (
        "_data_loader _eval_requests_number _metric _stat_requests_number _statistic_graph_builder config data_loader "
        "get_metrics_attributes metric predict set_model"
    ),
    "DataLoader": "config",
    "Metric": "avg_value get_attributes higher_better reset update value",
    "Pipeline": "_algo_seq _engine add_algo algo_seq collect_statistics_and_run evaluate run",
    "Algorithm": (
        "_config _engine _stats_collector algo_collector algo_type compute_total_exec_steps config default_steps_size "
        "get_parameter_meta params register_statistics run statistics total_exec_steps update_config"
    ),
    "AccuracyAwareCommon": (
        "_baseline_metric _calculate_per_sample_metrics _collect_baseline _config _create_quantization_algo "
        "_dataset_size _diff_subset_indices _drop_restrictions_are_met _engine _evaluate_model "
        "_get_num_of_quantized_ops _max_drop_by_name _metrics_config _quantization_algo _quantize_and_evaluate "
        "_quantize_model _quantized_layers_num _save_intermediate_model _stats_collector algo_collector algo_type "
        "change_original_model compute_total_exec_steps config default_steps_size get_parameter_meta name params "
        "register_statistics run statistics total_exec_steps update_config"
    ),
    "CompressedModel": (
        "_is_cascade _models clean_up get_final_output_nodes is_cascade is_node_ignored meta_data models name "
        "node_labels number_of_nodes pseudo_topological_sort relabel_nodes save"
    ),
    "Graph": (
        "clean_up erase_node get_data_nodes get_node_id_by_name get_nodes_with_attributes get_op_nodes "
        "get_tensor_names_set has_tensor_name name node nodes pseudo_topological_sort topological_sort"
    ),
    "Node": (
        "attrs fullname get_attrs get_opset graph has has_and_set has_port has_valid id in_node in_nodes in_port "
        "in_ports input_ports_with is_in_port_connected is_out_port_connected kind name op out_node out_nodes out_port "
        "out_ports shape soft_get type value"
    ),
    "Port": (
        "connect data disconnected get_data_type get_default_tensor_name get_destination get_destinations get_source "
        "get_tensor_names idx is_data_type_defined node"
    ),
}
"""The members that are there, by class."""

REFUSED: Mapping[str, Mapping[Absence, str]] = {
    "Pipeline": {
        _PROGRESS: "_algorithms_steps default_steps_size get_max_steps set_max_algorithms_steps",
        Absence("algorithms are checked when they are added", "add_algo, or create_pipeline"): "_validate",
    },
    "AccuracyAwareCommon": {
        _SEARCH_STEP: (
            "_calculate_node_importance_scores _change_quantization_scope _create_hardest_ranking_subset "
            "_get_node_importance _get_ranking_subset _get_score _original_per_sample_metrics"
        ),
        _SEARCH_FLAG: "_change_conditions _exclude_bad_nodes _need_to_change_scope _precision_change_to",
        _ALTERNATIVES: (
            "_convert_model_to_mixed_preset _grid_search_algo _preset_conversion_algo _request_alt_statistics "
            "_search_optimal_parameters"
        ),
        _PLANNED: "_graph_transformer",
        _REVERTED: "_modify_model_in_scope",
        _OUTPUTS: "_output_node_name _stats_layout",
        Absence("it was sent as telemetry", "result.drops and result.in_float, after run"): "_get_result_aa",
    },
    "CompressedModel": {
        _PREFIX: "_add_models_prefix _prefix_is_applied _remove_models_prefix _restore_models_prefix",
        Absence("it belonged to the constructor", "load_model, or CompressedModel(config=...)"): "_from_config",
        Absence("it belonged to the constructor", "CompressedModel(graph=...)"): "_from_graph",
        Absence("what an ignored scope names is looked up at once", "is_node_ignored"): "_cache",
    },
    "Graph": {
        _MAKE: "add_node create_sub_graph_copy unique_id unique_id_count",
        _CONNECT: "add_edge add_edges_from create_edge remove_edge",
        _EDGES: "get_edge_data get_inputs_with_ports",
        _WALKS: "dfs pseudo_topological_sort_with_start_node",
        _CHECKS: "check_empty_graph check_nodes_ports_are_consecutive check_shapes_consistency stage strict_mode",
        _FRONT_ENDS: "inputs_order op_names_statistic outputs_order",
        Absence("nodes are objects with attributes of their own", "get_op_nodes() and node[...]"): (
            "set_node_attributes"
        ),
        Absence("images of graphs are made from files", "save_model, and a viewer such as Netron"): (
            "dump_graph_for_graphviz"
        ),
        Absence("it printed counts", "len(graph.get_op_nodes())"): "print_graph_stat",
    },
    "Node": {
        _MAKE: (
            "bracket_op_with_another_op bracket_with_different_nodes_with_data copy_node insert_node_after "
            "insert_node_with_data_after insert_node_with_data_before insert_op_on_input_port replace_node"
        ),
        _EDGES: (
            "edge edges get_inputs get_outputs get_sorted_inputs get_sorted_outputs in_edge in_edges in_nodes_edges "
            "out_edge out_edges out_nodes_edges"
        ),
        _PORTS: (
            "_in_ports _out_ports add_input_port add_output_port add_sequence_of_ports delete_input_port "
            "delete_input_ports delete_output_port"
        ),
        _DERIVED: "update_node",
    },
    "Port": {
        _DERIVED: "set_data_type",
        _TENSOR_NAMES: (
            "add_tensor_names get_tensor_debug_info remove_debug_info remove_tensor_names set_tensor_debug_info"
        ),
        _CONNECTIONS: "get_connection get_in_edge_attrs",
        Absence("an input of an openvino.Model always reads something", "connect, with another output"): "disconnect",
        Absence("it was how ports read their data", "data.get_value(), data.get_shape() and get_data_type()"): (
            "DataAccessor _create_data_if_necessary _get_attr _get_data_type _get_shape _get_value _has_valid "
            "_set_attr _set_shape _set_value"
        ),
    },
}
"""The members that raise, by class, with the reason and the substitute."""

TITLES: Mapping[str, str] = {
    "IEEngine": "`engines.ie_engine.IEEngine`",
    "Engine": "`api.engine.Engine`",
    "DataLoader": "`api.data_loader.DataLoader`",
    "Metric": "`api.metric.Metric`",
    "Pipeline": "`pipeline.pipeline.Pipeline`",
    "Algorithm": "`algorithms.algorithm.Algorithm`",
    "AccuracyAwareCommon": "`AccuracyAwareCommon` and the classes below it",
    "CompressedModel": "`graph.nx_model.CompressedModel`",
    "Graph": "a graph: `model.models[i]['model']`",
    "Node": "a node: `get_nodes_by_type`, `get_op_nodes()`...",
    "Port": "a port: `node.in_port(i)`, `node.out_port(i)`",
}
"""What the page calls each class."""

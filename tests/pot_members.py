"""The public and protected members of POT 2023.3's classes, as inspection of an installation lists them."""

POT_MEMBERS = {
    "IEEngine": (
        "_accumulated_layer_stats _add_outputs _collect_statistics _convert_stats_names _data_loader _device "
        "_eval_requests_number _fill_input _get_input_any_name _get_requests_number _ie _metric _model _nx_model "
        "_output_layers _per_sample_metrics _predict _print_inference_progress _process_batch _process_dataset "
        "_process_dataset_async _process_infer_output _reset _set_model _stat_requests_number "
        "_statistic_graph_builder _tmp_dir _update_metrics config data_loader get_metrics_attributes metric "
        "postprocess_output predict set_model"
    ),
    "Engine": (
        "_data_loader _eval_requests_number _metric _stat_requests_number _statistic_graph_builder config "
        "data_loader get_metrics_attributes metric predict set_model"
    ),
    "DataLoader": "config",
    "Metric": "avg_value get_attributes higher_better reset update value",
    "Pipeline": (
        "_algo_seq _algorithms_steps _engine _validate add_algo algo_seq collect_statistics_and_run "
        "default_steps_size evaluate get_max_steps run set_max_algorithms_steps"
    ),
    "Algorithm": (
        "_config _engine _stats_collector algo_collector algo_type compute_total_exec_steps config "
        "default_steps_size get_parameter_meta params register_statistics run statistics total_exec_steps "
        "update_config"
    ),
    "AccuracyAwareCommon": (
        "_baseline_metric _calculate_node_importance_scores _calculate_per_sample_metrics _change_conditions "
        "_change_quantization_scope _collect_baseline _config _convert_model_to_mixed_preset "
        "_create_hardest_ranking_subset _create_quantization_algo _dataset_size _diff_subset_indices "
        "_drop_restrictions_are_met _engine _evaluate_model _exclude_bad_nodes _get_node_importance "
        "_get_num_of_quantized_ops _get_ranking_subset _get_result_aa _get_score _graph_transformer "
        "_grid_search_algo _max_drop_by_name _metrics_config _modify_model_in_scope _need_to_change_scope "
        "_original_per_sample_metrics _output_node_name _precision_change_to _preset_conversion_algo "
        "_quantization_algo _quantize_and_evaluate _quantize_model _quantized_layers_num _request_alt_statistics "
        "_save_intermediate_model _search_optimal_parameters _stats_collector _stats_layout algo_collector "
        "algo_type change_original_model compute_total_exec_steps config default_steps_size get_parameter_meta "
        "name params register_statistics run statistics total_exec_steps update_config"
    ),
    "CompressedModel": (
        "_add_models_prefix _cache _from_config _from_graph _is_cascade _models _prefix_is_applied "
        "_remove_models_prefix _restore_models_prefix clean_up get_final_output_nodes is_cascade is_node_ignored "
        "meta_data models name node_labels number_of_nodes pseudo_topological_sort relabel_nodes save"
    ),
    "Graph": (
        "add_edge add_edges_from add_node check_empty_graph check_nodes_ports_are_consecutive "
        "check_shapes_consistency clean_up create_edge create_sub_graph_copy dfs dump_graph_for_graphviz "
        "erase_node get_data_nodes get_edge_data get_inputs_with_ports get_node_id_by_name "
        "get_nodes_with_attributes get_op_nodes get_tensor_names_set has_tensor_name inputs_order node "
        "op_names_statistic outputs_order print_graph_stat pseudo_topological_sort "
        "pseudo_topological_sort_with_start_node remove_edge set_node_attributes stage strict_mode "
        "topological_sort unique_id unique_id_count"
    ),
    "Node": (
        "_in_ports _out_ports add_input_port add_output_port add_sequence_of_ports attrs "
        "bracket_op_with_another_op bracket_with_different_nodes_with_data copy_node delete_input_port "
        "delete_input_ports delete_output_port edge edges get_attrs get_inputs get_opset get_outputs "
        "get_sorted_inputs get_sorted_outputs has has_and_set has_port has_valid in_edge in_edges in_node in_nodes "
        "in_nodes_edges in_port in_ports input_ports_with insert_node_after insert_node_with_data_after "
        "insert_node_with_data_before insert_op_on_input_port is_in_port_connected is_out_port_connected out_edge "
        "out_edges out_node out_nodes out_nodes_edges out_port out_ports replace_node soft_get update_node"
    ),
    "Port": (
        "DataAccessor _create_data_if_necessary _get_attr _get_data_type _get_shape _get_value _has_valid "
        "_set_attr _set_shape _set_value add_tensor_names connect disconnect disconnected get_connection "
        "get_data_type get_default_tensor_name get_destination get_destinations get_in_edge_attrs get_source "
        "get_tensor_debug_info get_tensor_names idx is_data_type_defined remove_debug_info remove_tensor_names "
        "set_data_type set_tensor_debug_info"
    ),
}

POT_ATTRIBUTES = {
    "Graph": "name nodes",
    "Node": "fullname graph id kind name op shape type value",
    "Port": "data node",
}
"""What graphs, nodes and ports have besides: attributes of their own, and what networkx gives them."""

"""Data: the paths of POT that work, each with its openpot object.

``{historic module: {openpot module: names}}``. Historic modules are written below ``openvino.tools.pot`` (the empty
text is that package itself); names are separated by blanks, ``Historic=ours`` stands where openpot calls it otherwise.
``names.py`` reads this.
"""

from __future__ import annotations

from collections.abc import Mapping

_ALGORITHMS = "openpot.legacy.algorithm_classes"
_QUANTIZATION = "algorithms.quantization"

PROVIDED: Mapping[str, Mapping[str, str]] = {
    "": {
        "openpot.data.loader": "DataLoader",
        "openpot.data.metric": "Metric",
        "openpot.engine.base": "Engine",
        "openpot.legacy.engines": "IEEngine",
        "openpot.legacy.compressed_model": "load_model save_model",
        "openpot.rewrites.compress_weights": "compress_model_weights",
        "openpot.legacy.pot_pipeline": "Pipeline",
        "openpot.legacy.create_pipeline": "create_pipeline",
        "openpot.legacy.algorithm_lists": "QUANTIZATION_ALGORITHMS SPARSITY_ALGORITHMS",
        _ALGORITHMS: (
            "MinMaxQuantization ActivationChannelAlignment FastBiasCorrection BiasCorrection DefaultQuantization "
            "MagnitudeSparsity BaseWeightSparsity WeightSparsity OverflowCorrection OutlierChannelSplitting "
            "RangeSupervision DataFreeQuantization QuantNoiseEstimator INT4MixedQuantization AccuracyAwareCommon "
            "AccuracyAwareGNA AccuracyAwareQuantization WeightBiasCorrection TunableQuantization "
            "ParamsGridSearchAlgorithm RangeOptimization"
        ),
    },
    "__main__": {"openpot.cli.pot_command": "main"},
    "algorithms.algorithm": {"openpot.algorithms.base": "Algorithm"},
    "algorithms.algorithm_selector": {
        "openpot.legacy.algorithm_registry": "COMPRESSION_ALGORITHMS get_algorithm",
        "openpot.legacy.registry_storage": "REGISTRY_STORAGE get_registry",
    },
    f"{_QUANTIZATION}.bias_correction.algorithm": {_ALGORITHMS: "BiasCorrection"},
    f"{_QUANTIZATION}.channel_alignment.algorithm": {_ALGORITHMS: "ActivationChannelAlignment"},
    f"{_QUANTIZATION}.default.algorithm": {_ALGORITHMS: "DefaultQuantization"},
    f"{_QUANTIZATION}.fast_bias_correction.algorithm": {_ALGORITHMS: "FastBiasCorrection"},
    f"{_QUANTIZATION}.fake_quantize": {
        "openpot.legacy.range_functions": (
            "compute_levels fill_fake_quantize_node fix_zero_filters_asymmetric fix_zero_filters_symmetric tune_range "
            "tune_range_unify_zp"
        ),
        "openpot.legacy.fake_quantize_nodes": (
            "compute_stats_layouts get_fake_quantize_first_output get_fake_quantize_input "
            "get_fake_quantize_input_value get_num_levels get_value"
        ),
    },
    f"{_QUANTIZATION}.fake_quantize_configuration": {
        "openpot.legacy.fake_quantize_nodes": (
            "ACTIVATION_QUANTIZATION_MODES QUANTIZATION_MODES QUANTIZATION_PARAMETERS get_fake_quantize_configuration"
        ),
    },
    f"{_QUANTIZATION}.minmax.algorithm": {_ALGORITHMS: "MinMaxQuantization"},
    f"{_QUANTIZATION}.range_estimator": {"openpot.legacy.range_estimator": "get_range_estimator_config"},
    "algorithms.sparsity.magnitude_sparsity.algorithm": {_ALGORITHMS: "MagnitudeSparsity"},
    "algorithms.sparsity.default.base_algorithm": {_ALGORITHMS: "BaseWeightSparsity"},
    "algorithms.sparsity.default.algorithm": {_ALGORITHMS: "WeightSparsity"},
    f"{_QUANTIZATION}.overflow_correction.algorithm": {_ALGORITHMS: "OverflowCorrection"},
    f"{_QUANTIZATION}.outlier_channel_splitting.algorithm": {_ALGORITHMS: "OutlierChannelSplitting"},
    f"{_QUANTIZATION}.optimization.algorithm": {"openpot.recipes.optimization_algorithm": "OptimizationAlgorithm"},
    f"{_QUANTIZATION}.optimization.params_tuning": {_ALGORITHMS: "ParamsGridSearchAlgorithm"},
    f"{_QUANTIZATION}.optimization.rangeopt": {_ALGORITHMS: "RangeOptimization"},
    f"{_QUANTIZATION}.tunable_quantization.algorithm": {_ALGORITHMS: "TunableQuantization"},
    f"{_QUANTIZATION}.range_supervision.algorithm": {_ALGORITHMS: "RangeSupervision"},
    f"{_QUANTIZATION}.datafree.algorithm": {_ALGORITHMS: "DataFreeQuantization"},
    f"{_QUANTIZATION}.qnoise_estimator.algorithm": {_ALGORITHMS: "QuantNoiseEstimator"},
    f"{_QUANTIZATION}.accuracy_aware.algorithm": {_ALGORITHMS: "AccuracyAwareQuantization"},
    f"{_QUANTIZATION}.accuracy_aware_common.algorithm": {_ALGORITHMS: "AccuracyAwareCommon"},
    f"{_QUANTIZATION}.accuracy_aware_gna.algorithm": {_ALGORITHMS: "AccuracyAwareGNA"},
    f"{_QUANTIZATION}.accuracy_aware_common.mixed_precision": {_ALGORITHMS: "INT4MixedQuantization"},
    f"{_QUANTIZATION}.weight_bias_correction.algorithm": {_ALGORITHMS: "WeightBiasCorrection"},
    f"{_QUANTIZATION}.utils": {"openpot.legacy.hardware_config": "load_hardware_config"},
    "api": {
        "openpot.data.loader": "DataLoader",
        "openpot.data.metric": "Metric",
        "openpot.engine.base": "Engine",
    },
    "api.data_loader": {"openpot.data.loader": "DataLoader"},
    "api.engine": {"openpot.engine.base": "Engine"},
    "api.metric": {"openpot.data.metric": "Metric"},
    "api.samples.utils.argument_parser": {"openpot.legacy.argument_parser": "get_common_argparser"},
    "app.argparser": {"openpot.legacy.argument_parser": "get_common_argument_parser"},
    "app.run": {
        "openpot.cli.pot_command": "app=run_with_arguments main",
        "openpot.legacy.optimize": "optimize",
    },
    "configs.config": {"openpot.legacy.configuration": "Config DEFAULT_PRESET DEFAULT_TARGET_DEVICE GNA_DEVICES"},
    "configs.hardware_config": {"openpot.legacy.hardware_config": "HardwareConfig"},
    "data_loaders.creator": {"openpot.legacy.creators": "create_data_loader"},
    "data_loaders.image_loader": {"openpot.data.image_folder": "ImageLoader"},
    "data_loaders.utils": {"openpot.legacy.image_functions": "collect_img_files crop prepare_image"},
    "engines.creator": {"openpot.legacy.creators": "create_engine"},
    "engines.ie_engine": {"openpot.legacy.engines": "IEEngine"},
    "engines.simplified_engine": {"openpot.legacy.engines": "SimplifiedEngine"},
    "engines.utils": {
        "openpot.legacy.engine_functions": (
            "add_tensor_names align_stat_names_with_results append_stats cast_friendly_names collect_model_outputs "
            "process_accumulated_stats restore_original_node_names"
        ),
        "openpot.inference.named_outputs": "get_clean_name=clean_name process_raw_output=collect_arrays_by_name",
    },
    "graph": {
        "openpot.legacy.compressed_model": "load_model save_model",
        "openpot.legacy.graph_editor": "connect_nodes connect_nodes_by_name remove_node_by_name",
    },
    "graph.editor": {
        "openpot.legacy.graph_editor": (
            "connect_nodes connect_nodes_by_name find_node get_all_operation_nodes get_node_by_name get_nodes_by_type "
            "remove_node_by_name"
        ),
    },
    "graph.model_utils": {
        "openpot.legacy.compressed_model": "load_model save_model",
        "openpot.rewrites.compress_weights": "compress_model_weights",
        "openpot.legacy.model_nodes": "add_outputs get_all_operation_nodes get_node_by_name get_nodes_by_type",
    },
    "graph.node_utils": {
        "openpot.legacy.node_access": (
            "check_const_input check_input_data_is_const get_all_node_outputs get_bias_for_node get_first_convolutions "
            "get_input_data_value get_input_shape get_lstm_ends get_node_input get_node_input_ports get_node_inputs "
            "get_node_output get_node_output_ports get_node_value "
            "get_output_shape get_quantized_input_key get_weights_for_node "
            "node_with_quantized_weights reset_node_fullname set_bias_for_node set_node_value set_weights_for_node"
        ),
        "openpot.legacy.output_keys": "convert_to_outputs_name",
    },
    "graph.nx_model": {"openpot.legacy.compressed_model": "CompressedModel"},
    "graph.special_operations": {
        "openpot.legacy.operation_lists": (
            "CONCAT_UNIFY_INPUTS CONCAT_UNIFY_OUTPUTS DETECTION_OUTPUT_FINAL_TYPES ELTWISE_TYPES "
            "OPERATIONS_CHANNEL_AXIS OPERATIONS_WITH_BIAS OPERATIONS_WITH_WEIGHTS QUANTIZE_AGNOSTIC_OPERATIONS "
            "SPLIT_OPERATIONS TRANSPOSED_OPERATIONS TYPES_TO_QUANTIZABLE_PORTS is_eltwise"
        ),
    },
    "pipeline.initializer": {"openpot.legacy.create_pipeline": "create_pipeline"},
    "pipeline.pipeline": {"openpot.legacy.pot_pipeline": "Pipeline"},
    "samplers": {"openpot.data.sampler_base": "Sampler"},
    "samplers.batch_sampler": {"openpot.data.sampler": "BatchSampler"},
    "samplers.creator": {"openpot.data.sampler": "create_sampler"},
    "samplers.index_sampler": {"openpot.data.index_sampler": "IndexSampler"},
    "samplers.sampler": {"openpot.data.sampler_base": "Sampler"},
    "statistics.collector": {
        "openpot.statistics.collector": "StatisticsCollector",
        "openpot.legacy.collect_statistics": "collect_statistics",
    },
    "statistics.function_selector": {
        "openpot.legacy.function_selector": (
            "ACTIVATIONS ACTIVATIONS_STATS_FN AGGREGATION_FN PERCHANNEL PERTENSOR WEIGHTS WEIGHTS_STATS_FN "
            "get_aggregation_function get_stats_function get_stats_function_for_activations "
            "get_stats_function_for_weights"
        ),
    },
    "statistics.functions.activations": {
        "openpot.numerics.sample_functions": (
            "abs_max_per_channel abs_max_per_tensor abs_quantile_per_channel abs_quantile_per_tensor max_per_channel "
            "max_per_tensor mean_per_channel mean_per_channel_axis min_per_channel min_per_tensor quantile_per_channel "
            "quantile_per_tensor get_abs_max_per_channel=already_reduced "
            "get_abs_max_per_tensor=already_reduced get_max_per_channel=already_reduced "
            "get_max_per_tensor=already_reduced get_mean_per_channel=already_reduced "
            "get_mean_per_channel_axis=already_reduced get_min_per_channel=already_reduced "
            "get_min_per_tensor=already_reduced"
        ),
        "openpot.legacy.function_selector": (
            "PERCHANNEL PERTENSOR compute_act_stats_fn_per_channel=COMPUTED_PER_CHANNEL "
            "compute_act_stats_fn_per_tensor=COMPUTED_PER_TENSOR get_act_stats_fn_per_channel=REDUCED_PER_CHANNEL "
            "get_act_stats_fn_per_tensor=REDUCED_PER_TENSOR"
        ),
        "openpot.legacy.statistic_functions": "calculate_per_channel_stats calculate_per_tensor_stats",
    },
    "statistics.functions.aggregation": {
        "openpot.numerics.batch_functions": (
            "amax amin batch_mean hodges_lehmann_mean mean mean_no_outliers median median_no_outliers"
        ),
        "openpot.legacy.function_selector": "aggregator=AGGREGATION_FN",
        "openpot.legacy.statistic_functions": "no_outliers_estimator",
    },
    "statistics.functions.weights": {
        "openpot.numerics.filter_functions": (
            "abs_max_per_filter abs_max_per_tensor abs_quantile_per_filter abs_quantile_per_tensor max_per_filter "
            "max_per_tensor min_per_filter min_per_tensor quantile_per_filter quantile_per_tensor"
        ),
        "openpot.legacy.function_selector": (
            "PERCHANNEL PERTENSOR w_stats_fn_per_channel=WEIGHTS_PER_CHANNEL w_stats_fn_per_tensor=WEIGHTS_PER_TENSOR"
        ),
        "openpot.legacy.statistic_functions": "calculate_per_filter_stats",
    },
    "statistics.statistic_graph_builder": {"openpot.engine.statistic_graph": "StatisticGraphBuilder"},
    "statistics.statistics": {
        "openpot.statistics.statistic": (
            "SQNRStatistic Statistic TensorStatistic TensorStatisticAxis compute_statistic"
        ),
    },
    "utils.config_reader": {"openpot.config.config_file": "read_config_from_file=read_config_file"},
    "utils.launcher": {"openpot.legacy.launcher": "IELauncher"},
    "utils.logger": {"openpot.legacy.logger": "get_logger init_logger stdout_redirect"},
    "utils.timestamp": {
        "openpot.legacy.timestamps": "get_timestamp get_timestamp_precise get_timestamp_short",
    },
    "utils.registry": {
        "openpot.registry": "Registry",
        "openpot.legacy.registry_storage": "RegistryStorage",
    },
    "utils.utils": {
        "openpot.legacy.temporary_folder": "create_tmp_dir",
        "openpot.legacy.output_keys": "convert_output_key",
        "openpot.legacy.versions": "get_ie_version",
    },
    "version": {"openpot.legacy.versions": "INVALID_VERSION get_version"},
}
"""Every path that works."""

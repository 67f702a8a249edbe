"""POT's import paths: every one leads to the openpot object of the table, or says why it does not."""

import ast
import importlib
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from openpot.errors import AbsentNameError
from openpot.legacy.algorithm_lists import QUANTIZATION_ALGORITHMS, SPARSITY_ALGORITHMS
from openpot.legacy.names import POT, absent_by_path, absent_names, provided_names

ROOT = Path(__file__).resolve().parent.parent.parent
COMPAT = ROOT / "compat"

# What POT's own top package and the scripts written for it import, by module.
IMPORTED_BY_USERS = {
    "": (
        "DataLoader Metric Engine IEEngine load_model save_model compress_model_weights create_pipeline Pipeline "
        "MinMaxQuantization RangeOptimization FastBiasCorrection BiasCorrection ActivationChannelAlignment "
        "DataFreeQuantization DefaultQuantization AccuracyAwareQuantization AccuracyAwareGNA AccuracyAwareCommon "
        "INT4MixedQuantization TunableQuantization QuantNoiseEstimator OutlierChannelSplitting WeightBiasCorrection "
        "ParamsGridSearchAlgorithm OverflowCorrection RangeSupervision WeightSparsity MagnitudeSparsity "
        "BaseWeightSparsity QUANTIZATION_ALGORITHMS SPARSITY_ALGORITHMS"
    ),
    "api": "Metric DataLoader Engine",
    "api.data_loader": "DataLoader",
    "api.metric": "Metric",
    "api.engine": "Engine",
    "api.samples.utils.argument_parser": "get_common_argparser",
    "api.samples.object_detection.data_loader": "COCOLoader",
    "algorithms.algorithm": "Algorithm",
    "algorithms.algorithm_selector": "COMPRESSION_ALGORITHMS get_algorithm get_registry",
    "algorithms.quantization.minmax.algorithm": "MinMaxQuantization",
    "algorithms.quantization.default.algorithm": "DefaultQuantization",
    "algorithms.quantization.fast_bias_correction.algorithm": "FastBiasCorrection",
    "algorithms.quantization.bias_correction.algorithm": "BiasCorrection",
    "algorithms.quantization.channel_alignment.algorithm": "ActivationChannelAlignment",
    "algorithms.quantization.accuracy_aware.algorithm": "AccuracyAwareQuantization",
    "algorithms.quantization.accuracy_aware_common.utils": "evaluate_model sort_by_logit_distance",
    "algorithms.quantization.fake_quantize": (
        "insert_fake_quantize_nodes compute_stats_layouts get_quantized_model compute_weights_stats symmetric_range "
        "asymmetric_range tune_range tune_range_unify_zp fix_zero_filters_symmetric fix_zero_filters_asymmetric "
        "compute_levels broadcast_fq_values set_rescaling_factors unify_fq_scales fill_fake_quantize_node "
        "create_renamed_layers_mapping get_num_levels"
    ),
    "algorithms.quantization.fake_quantize_configuration": "read_all_fake_quantize_configurations find_fqs_to_unify",
    "algorithms.quantization.range_estimator": "get_range_estimator_config",
    "algorithms.quantization.utils": (
        "load_hardware_config get_tensor_statistics get_ignored_operations select_evaluation_dataset "
        "select_optimization_dataset reset_dataset_to_default append_estimator_configs get_quantize_op_config "
        "merge_nested_dicts get_stat_name_by_config get_input_shape_for_bias"
    ),
    "app.run": "app main optimize print_algo_configs",
    "app.argparser": "get_common_argument_parser check_dependencies",
    "configs.config": "Config",
    "configs.hardware_config": "HardwareConfig",
    "data_loaders.creator": "create_data_loader",
    "data_loaders.image_loader": "ImageLoader",
    "data_loaders.utils": "collect_img_files prepare_image",
    "data_loaders.ac_data_loader": "ACDataLoader",
    "engines.ie_engine": "IEEngine",
    "engines.simplified_engine": "SimplifiedEngine",
    "engines.ac_engine": "ACEngine",
    "engines.creator": "create_engine",
    "engines.utils": (
        "append_stats process_accumulated_stats restore_original_node_names align_stat_names_with_results "
        "add_tensor_names cast_friendly_names collect_model_outputs process_raw_output get_clean_name"
    ),
    "graph": "load_model save_model GraphTransformer connect_nodes connect_nodes_by_name remove_node_by_name",
    "graph.model_utils": (
        "load_model save_model compress_model_weights get_nodes_by_type get_node_by_name get_all_operation_nodes "
        "add_outputs build_model_for_node models_union nx_type_infer"
    ),
    "graph.node_utils": (
        "get_node_inputs get_node_input get_all_node_outputs get_node_output get_node_input_ports "
        "get_node_output_ports get_node_value set_node_value get_weights_for_node set_weights_for_node "
        "get_bias_for_node set_bias_for_node get_input_shape get_output_shape get_quantized_input_key "
        "node_with_quantized_weights get_input_data_value get_first_convolutions check_const_input "
        "check_input_data_is_const get_lstm_ends create_node_name get_node_data_type reset_node_fullname "
        "convert_to_outputs_name"
    ),
    "graph.nx_model": "CompressedModel",
    "graph.transformer": "GraphTransformer",
    "graph.special_operations": "QUANTIZE_AGNOSTIC_OPERATIONS OPERATIONS_WITH_WEIGHTS",
    "graph.utils": "is_ignored preprocess_ignored_params",
    "graph.editor": "get_node_by_name create_node connect_nodes find_node add_fullname_for_nodes",
    "graph.builder": "build_graph build_graph_for_node",
    "graph.passes": "InsertFakeQuantize FakeQuantizePropagation ModelPreprocessor",
    "graph.pattern_builder": "PatternBuilder",
    "graph.special_patterns": "get_ignored_patterns",
    "graph.graph_utils": "load_graph save_graph",
    "pipeline.initializer": "create_pipeline",
    "pipeline.pipeline": "Pipeline",
    "samplers": "Sampler",
    "samplers.batch_sampler": "BatchSampler",
    "samplers.index_sampler": "IndexSampler",
    "samplers.sampler": "Sampler",
    "samplers.creator": "create_sampler",
    "statistics.collector": "StatisticsCollector collect_statistics",
    "statistics.statistics": "Statistic TensorStatistic TensorStatisticAxis SQNRStatistic compute_statistic",
    "statistics.functions.activations": "max_per_tensor min_per_channel mean_per_channel",
    "statistics.functions.weights": "max_per_filter abs_max_per_tensor",
    "statistics.functions.aggregation": "mean median batch_mean",
    "statistics.function_selector": "get_aggregation_function get_stats_function AGGREGATION_FN",
    "utils.logger": "init_logger get_logger stdout_redirect",
    "utils.launcher": "IELauncher",
    "utils.registry": "Registry RegistryStorage",
    "utils.utils": "create_tmp_dir convert_output_key get_ie_version",
    "utils.telemetry": "send_event",
    "utils.ac_imports": "",
    "utils.config_reader": "read_config_from_file",
    "version": "get_version",
}
SUB_PACKAGES = (
    *("algorithms", "api", "configs", "data_loaders", "engines", "graph"),
    *("pipeline", "samplers", "statistics", "utils", "version"),
)


def generator():
    """The script that writes the tree."""
    spec = importlib.util.spec_from_file_location("historic_tree", ROOT / "tools" / "historic_tree.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def full_name(module):
    return f"{POT}.{module}" if module else POT


@pytest.mark.parametrize("row", provided_names(), ids=lambda row: row.path)
def test_historic_path_is_the_object_of_the_table(row):
    historic = getattr(importlib.import_module(row.module), row.name)
    assert historic is getattr(importlib.import_module(row.target_module), row.target)


@pytest.mark.parametrize("row", [row for row in absent_names() if row.name], ids=lambda row: row.path)
def test_absent_name_says_why_and_what_instead(row):
    with pytest.raises(ImportError) as caught:
        exec(f"from {row.module} import {row.name}", {})
    assert isinstance(caught.value, AbsentNameError)
    assert str(caught.value) == row.message


@pytest.mark.parametrize("row", [row for row in absent_names() if not row.name], ids=lambda row: row.path)
def test_absent_module_says_why_and_what_instead(row):
    with pytest.raises(ImportError) as caught:
        importlib.import_module(row.module)
    assert str(caught.value) == row.message


@pytest.mark.parametrize("module", IMPORTED_BY_USERS, ids=full_name)
def test_everything_that_scripts_import_is_in_the_table(module):
    provided = {(row.module, row.name) for row in provided_names()}
    missing = [
        name
        for name in IMPORTED_BY_USERS[module].split()
        if (full_name(module), name) not in provided
        and not {full_name(module), f"{full_name(module)}.{name}"} & set(absent_by_path())
    ]
    assert missing == []


def files():
    return sorted(COMPAT.rglob("*.py"))


@pytest.mark.parametrize("path", files(), ids=lambda path: path.relative_to(COMPAT).as_posix())
def test_file_holds_names_only(path):
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree)
    package = ".".join(path.relative_to(COMPAT).with_suffix("").parts).removesuffix(".__init__")
    if path == COMPAT / "openvino" / "runtime.py":  # names of OpenVINO: tests/compat/test_removed_modules.py
        return
    for statement in tree.body[1:]:
        assert is_import_of_names(statement, package) or ast.unparse(statement) in FIXED_FORMS or is_all(statement)


FIXED_FORMS = {
    "__getattr__ = refuse_absent_names(__name__)",
    "refuse_module(__name__)",
    "if __name__ == '__main__':\n    main()",
}


def is_import_of_names(statement, package):
    """``from openpot.x import a as b``, or a package's import of its own modules."""
    if not isinstance(statement, ast.ImportFrom) or statement.level:
        return False
    return (statement.module.startswith("openpot.") or statement.module == package) and all(
        alias.asname for alias in statement.names
    )


def is_all(statement):
    """``__all__`` as a literal list of texts."""
    if isinstance(statement, ast.AnnAssign):
        target, annotated = statement.target, ast.unparse(statement.annotation) == "list[str]"
    else:
        target, annotated = (statement.targets[0], True) if isinstance(statement, ast.Assign) else (None, False)
    return annotated and isinstance(target, ast.Name) and target.id == "__all__" and is_list_of_texts(statement.value)


def is_list_of_texts(value):
    return isinstance(value, ast.List) and all(isinstance(getattr(entry, "value", None), str) for entry in value.elts)


def test_tree_is_what_the_table_makes():
    written = {path: path.read_text() for path in files()}
    assert written == generator().tree(), "run `make names`"


def test_page_of_names_is_what_the_table_makes():
    assert (ROOT / "docs" / "names.md").read_text() == generator().render_page(), "run `make names`"


def test_table_of_members_is_what_the_data_make():
    page = (ROOT / "docs" / "migration.md").read_text()
    assert page == generator().with_members(page), "run `make names`"


def test_openvinos_own_packages_are_not_ours():
    assert not (COMPAT / "openvino" / "__init__.py").exists()
    assert not (COMPAT / "openvino" / "tools" / "__init__.py").exists()


def test_star_import_brings_the_algorithms_only():
    names = {}
    exec("from openvino.tools.pot import *", names)
    assert set(names) - {"__builtins__"} == {*QUANTIZATION_ALGORITHMS, *SPARSITY_ALGORITHMS}
    assert {"DefaultQuantization", "MinMaxQuantization", "WeightBiasCorrection"} <= set(names)


def test_sub_packages_are_there_after_importing_the_package():
    code = (
        "import openvino.tools.pot as pot\n"
        f"assert all(hasattr(pot, name) for name in {SUB_PACKAGES!r})\n"
        "assert pot.graph.model_utils.load_model is pot.load_model\n"
        "assert pot.engines.ie_engine.IEEngine is pot.IEEngine\n"
        "import compression\n"
        "assert compression.graph.model_utils.save_model is pot.save_model\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_name_that_pot_never_had_is_an_attribute_error():
    import openvino.tools.pot

    assert not hasattr(openvino.tools.pot, "Quantizer")

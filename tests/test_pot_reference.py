"""The page that maps POT's reference to tests: every test exists, no row is empty, no key of POT's is left out."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from openpot.algorithms.algorithm_registry import AlgorithmConfigs
from openpot.registry import COMPRESSION_ALGORITHMS

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "pot-reference.md").read_text()
ROWS = [
    tuple(cell.strip() for cell in line.strip().strip("|").split("|"))
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith("| in POT |")
]
STATES = ("works", "differs", "no effect", "refused")
TESTS = sorted({test for row in ROWS for test in re.findall(r"`([^`]+)`", row[-1])})

POT_ALGORITHMS = (
    "MinMaxQuantization RangeOptimization FastBiasCorrection BiasCorrection ActivationChannelAlignment "
    "DataFreeQuantization DefaultQuantization AccuracyAwareQuantization AccuracyAwareGNA AccuracyAwareCommon "
    "INT4MixedQuantization TunableQuantization QuantNoiseEstimator OutlierChannelSplitting WeightBiasCorrection "
    "ParamsGridSearchAlgorithm OverflowCorrection RangeSupervision WeightSparsity MagnitudeSparsity BaseWeightSparsity"
)
TUNING = (
    "use_layerwise_tuning optimizer loss weights_lr bias_lr scale_lr min_lr weight_fq input_fq num_samples_for_tuning "
    "batch_size calibration_indices_pool calculate_grads_on_loss_increase_only update_every_batch use_only_fp_inputs "
    "set_quantized_values_to_weight_parameter asymmetric tuning_iterations weight_decay loss_logging_freq "
    "use_ranking_subset"
)
KEYS = {
    "Common keys": (
        "target_device stat_subset_size stat_batch_size shuffle_data seed inplace_statistics ignored skip_model scope "
        "operations type attributes model_type exec_log_dir dump_intermediate_model"
    ),
    "MinMaxQuantization": (
        "preset performance mixed accuracy weights activations outputs bits mode granularity level_low level_high "
        "range_estimator saturation_fix first_layer all no layerwise_configs min max type outlier_prob aggregator "
        "clipping_value"
    ),
    "ActivationChannelAlignment": "",
    "FastBiasCorrection and BiasCorrection": "threshold apply_for_all_nodes",
    "WeightBiasCorrection, OverflowCorrection": "eps_factor",
    "DefaultQuantization": "use_fast_bias threshold apply_for_all_nodes",
    "Layer-wise tuning": TUNING,
    "AccuracyAwareQuantization, AccuracyAwareCommon": (
        "maximal_drop drop_type max_iter_num ranking_subset_size metric_subset_ratio use_prev_if_drop_increase "
        "base_algorithm annotation_free annotation_conf_threshold convert_to_mixed_preset tune_hyperparams metrics "
        "name type baseline_value"
    ),
    "AccuracyAwareGNA": "annotation_free convert_to_mixed_preset",
    "INT4MixedQuantization": "maximal_drop drop_type max_iter_num",
    "TunableQuantization, ParamsGridSearchAlgorithm, RangeOptimization": (
        "tuning_scope outlier_prob_choices maxiter optimizer_name opt_backend lower_boxsize upper_boxsize zero_boxsize "
        "metric_name error_function optimization_subset_size stochastic result_filename dump_model_prefix "
        "optimization_scope activation_ranges_to_set"
    ),
    "QuantNoiseEstimator": (
        "mode full_fq_noise layerwise_fq_noise type sqnr sqnr_per_channel sqnr_sample_per_channel sqnr_eltwise_mean "
        "eps stat_subset_size results_dump_filename"
    ),
    "DataFreeQuantization": "preset weights activations",
    "OutlierChannelSplitting, RangeSupervision": "weights_expansion_ratio",
    "Sparsity": (
        "sparsity_level normed_threshold correct_weight_bias eps_factor use_fast_bias threshold use_layerwise_tuning"
    ),
}
"""POT's keys and values of them, by the title of their part."""

ELSEWHERE = {
    "Engine and IEEngine": "device stat_requests_number eval_requests_number batch_dim postprocess_output",
    "Other engines": "simplified data_free accuracy_checker generate_data layout shape data_type data_source",
    "Samplers": "Sampler BatchSampler IndexSampler create_sampler",
    "Statistics": (
        "min max abs_max quantile abs_quantile mean mean_axis median mean_no_outliers median_no_outliers hl_estimator "
        "batch_mean Statistic TensorStatistic TensorStatisticAxis SQNRStatistic stat_aliases layers_mapping"
    ),
    "3. Models": "model_name model weights cascade quantization_info for_stat_collection meta_data",
    "6. Hardware tables and placement": "ANY CPU CPU_SPR GPU NPU GNA GNA3 GNA3.5 model_type",
}
"""Other names of POT's, by the title of their part."""


def words_below(title):
    part = re.split(r"\n#{2,3} ", PAGE.split(f"# {title}\n")[1])[0]
    cells = [line.split("|")[1] for line in part.splitlines() if line.startswith("| ")]
    return {
        word for cell in cells for quoted in re.findall(r"`([^`]+)`", cell) for word in re.split(r"[\s:,()]+", quoted)
    }


@cache
def functions_of(file):
    tree = ast.parse((ROOT / "tests" / file).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("test", TESTS)
def test_a_test_that_the_page_names_exists(test):
    file, _, name = test.partition("::")
    assert name.startswith("test_")
    assert name in functions_of(file)


def test_no_row_is_empty_and_each_has_a_state_and_a_test():
    assert len(ROWS) > 200
    for row in ROWS:
        assert len(row) == 3, row
        assert all(row), row
        assert row[1].startswith(STATES), row
        assert "::" in row[2], row


@pytest.mark.parametrize(("title", "names"), [*KEYS.items(), *ELSEWHERE.items()], ids=lambda value: value.split(" ")[0])
def test_no_name_of_pot_is_left_out(title, names):
    assert set(names.split()) <= words_below(title)


def test_every_key_of_every_algorithm_is_in_a_row():
    in_rows = set().union(*(words_below(title) for title in KEYS))
    keys = {key for config in AlgorithmConfigs().values() for key in config.model_fields}
    assert sorted(keys - in_rows) == []


def test_every_algorithm_is_in_a_row_and_called_missing_if_and_only_if_it_is():
    parts = [PAGE.split(f"# {title}\n")[1].split("\n#")[0] for title in KEYS]
    rows = [line.strip("|").split("|") for part in parts for line in part.splitlines() if line.startswith("| `")]
    for name in POT_ALGORITHMS.split():
        found = [row for row in rows if name in re.findall(r"`(\w+)`", row[0])]
        assert found, name
        is_there = name in COMPRESSION_ALGORITHMS.registry_dict
        assert any(row[1].strip().startswith("missing") for row in found) is not is_there, name
    assert set(COMPRESSION_ALGORITHMS.registry_dict) - {"WeightCompression"} <= set(POT_ALGORITHMS.split())


def test_pages_that_hold_a_part_of_it_are_there():
    for page in set(re.findall(r"\]\(([\w-]+\.md)\)", PAGE)):
        assert (ROOT / "docs" / page).exists(), page

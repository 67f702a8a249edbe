"""The parameters of the algorithms."""

import pytest
from pydantic import ValidationError

from openpot.config.algorithms import (
    BiasCorrectionConfig,
    ChannelAlignmentConfig,
    DefaultQuantizationConfig,
    FastBiasCorrectionConfig,
    MinMaxConfig,
)
from openpot.config.range_estimator import EstimatorEnd, RangeEstimatorConfig


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (ChannelAlignmentConfig, {"target_device": "ANY", "stat_subset_size": None, "stat_batch_size": 1, "seed": 0}),
        (MinMaxConfig, {"preset": "performance", "saturation_fix": None, "placement": "openpot"}),
        (FastBiasCorrectionConfig, {"threshold": 2.0, "apply_for_all_nodes": False}),
        (BiasCorrectionConfig, {"threshold": 1000.0, "apply_for_all_nodes": False}),
        (DefaultQuantizationConfig, {"use_fast_bias": None, "max_output_error": "auto", "model_type": None}),
    ],
)
def test_defaults(model, expected):
    config = model()
    assert {name: getattr(config, name) for name in expected} == expected


def test_a_configuration_cannot_be_changed():
    with pytest.raises(ValidationError):
        MinMaxConfig().preset = "mixed"


@pytest.mark.parametrize("text", ["transformer", "Transformer", "TRANSFORMER"])
def test_transformer_in_any_case(text):
    assert MinMaxConfig.model_validate({"model_type": text}).model_type == "transformer"


@pytest.mark.parametrize("value", ["None", None])
def test_no_model_type(value):
    assert MinMaxConfig.model_validate({"model_type": value}).model_type is None


@pytest.mark.parametrize(
    "params",
    [
        {"stat_subset_size": 0}, {"stat_subset_size": -5}, {"stat_batch_size": 0}, {"preset": "fast"},
        {"placement": "nncf"}, {"saturation_fix": "some"}, {"model_type": "cnn"}, {"weights": 8}, {"threshold": 0},
        {"num_samples_for_tuning": 0}, {"optimizer": "LBFGS"},
    ],
    ids=str,
)  # fmt: skip
def test_impossible_values_are_refused(params):
    with pytest.raises(ValidationError):
        DefaultQuantizationConfig.model_validate(params)


def test_parts_take_what_is_stated_and_keep_their_own_defaults():
    whole = DefaultQuantizationConfig(stat_subset_size=7, preset="mixed", weights={"bits": 4})
    assert whole.extract_part(MinMaxConfig) == MinMaxConfig(stat_subset_size=7, preset="mixed", weights={"bits": 4})
    assert whole.extract_part(BiasCorrectionConfig) == BiasCorrectionConfig(stat_subset_size=7)
    assert whole.extract_part(BiasCorrectionConfig).threshold == 1000.0


def test_a_stated_threshold_reaches_the_bias_correction():
    assert DefaultQuantizationConfig(threshold=5.0).extract_part(FastBiasCorrectionConfig).threshold == 5.0
    assert DefaultQuantizationConfig(threshold=float("inf")).extract_part(BiasCorrectionConfig).threshold == float(
        "inf"
    )


@pytest.mark.parametrize(
    ("placement", "target_device", "expected"),
    [("openpot", "CPU", "mixed"), ("openpot", "NPU", "accuracy"), ("pot", "CPU", "accuracy")],
)
def test_accuracy_means_what_the_device_runs_except_in_pot_s_own_placement(placement, target_device, expected):
    config = MinMaxConfig(preset="accuracy", placement=placement, target_device=target_device)
    assert config.placement_preset == expected


def test_the_estimator_of_a_kind_wins_over_the_common_one():
    own = {"max": {"type": "quantile"}}
    config = MinMaxConfig.model_validate(
        {"activations": {"range_estimator": own}, "range_estimator": {"preset": "quantile"}}
    )
    assert config.find_estimator("activations") == RangeEstimatorConfig(max=EstimatorEnd(type="quantile"))
    assert config.find_estimator("weights") == RangeEstimatorConfig(preset="quantile")
    assert MinMaxConfig().find_estimator("outputs") is None

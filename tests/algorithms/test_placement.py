"""From settings to the plan of a member."""

import pytest

from openpot.algorithms import placement
from openpot.algorithms.placement import plan_member
from openpot.config.algorithms import MinMaxConfig
from openpot.errors import ConfigError
from openpot.graph.snapshot_model import snapshot_from_model
from openpot.placement.plan import QuantizerKind
from openpot.scheme import PerTensor, QuantizationMode
from toy_models import tiny_cnn, worked_example


def plan(model=None, member="", aligned=frozenset(), **settings):
    snapshot = snapshot_from_model(worked_example() if model is None else model)
    return plan_member(snapshot, MinMaxConfig(**settings), member, aligned)


def names(plan, *kinds):
    return {quantizer.name for quantizer in plan.quantizers_of_kind(*kinds)}


def quantizer(plan, name):
    return next(found for found in plan.quantizers if found.name == name)


def test_the_settings_reach_placement():
    found = plan(placement="pot", preset="mixed", target_device="GPU", weights={"granularity": "pertensor"})
    assert (found.placement, found.target_device) == ("pot", "GPU")
    assert quantizer(found, "conv1/fq_input_0").config.mode == QuantizationMode.ASYMMETRIC
    assert quantizer(found, "conv2/fq_weights_1").granularity == PerTensor()


def test_ignored_names_of_cascade_members_go_without_the_prefix():
    model = tiny_cnn()
    for node in model.get_ops():
        node.set_friendly_name(f"net_{node.get_friendly_name()}")
    ignored = {"net": {"scope": ["conv1"]}, "other": {"scope": ["conv2"]}}
    weights = names(plan(model, member="net", ignored=ignored), QuantizerKind.WEIGHTS)
    assert weights == {"net_conv2/fq_weights_1", "net_fc/fq_weights_1"}


@pytest.mark.parametrize(
    ("saturates", "settings", "halved"),
    [
        (True, {"saturation_fix": "first_layer"}, set()),
        (True, {"saturation_fix": "no"}, set()),
        (False, {}, set()),
        (False, {"placement": "pot"}, {"conv1/fq_weights_1", "conv3/fq_weights_1"}),
    ],
    ids=["pairs are bounded instead", "switched off", "processor that does not", "as POT, on any processor"],
)
def test_aligned_layers_take_part_in_the_saturation_fix(monkeypatch, saturates, settings, halved):
    monkeypatch.setattr(placement, "has_int8_saturation", lambda: saturates)
    found = plan(aligned=frozenset({"conv3"}), **settings)
    assert {entry.name for entry in found.quantizers if entry.halve_weights} == halved


def test_the_processor_is_asked_only_if_it_matters(monkeypatch):
    def asked():
        raise AssertionError("the processor was asked")

    monkeypatch.setattr(placement, "has_int8_saturation", asked)
    plan(saturation_fix="no")
    plan(target_device="GPU")
    plan(placement="pot")


def test_single_quantizers_can_be_overridden_by_name():
    override = {"conv2/fq_weights_1": {"bits": 4}, "conv1/fq_input_0": {"mode": "asymmetric"}}
    found = plan(layerwise_configs=[override])
    assert quantizer(found, "conv2/fq_weights_1").levels == 15
    assert quantizer(found, "conv3/fq_weights_1").levels == 255
    assert quantizer(found, "conv1/fq_input_0").config.mode == QuantizationMode.ASYMMETRIC


def test_overrides_by_name_can_state_a_range_estimator():
    estimator = {"max": {"type": "quantile", "outlier_prob": 0.01}}
    found = plan(layerwise_configs=[{"conv1/fq_input_0": {"range_estimator": estimator}}])
    assert quantizer(found, "conv1/fq_input_0").config.range_estimator.max.outlier_prob == 0.01


def test_overrides_by_name_cannot_split_a_tensor_with_one_range():
    with pytest.raises(ConfigError, match="'perchannel' is not possible there"):
        plan(layerwise_configs=[{"conv1/fq_input_0": {"granularity": "perchannel"}}])


def test_weights_of_few_bits_need_no_saturation_fix():
    four = {"conv1/fq_weights_1": {"bits": 4, "mode": "symmetric", "granularity": "perchannel"}}
    found = plan(tiny_cnn(), saturation_fix="all", layerwise_configs=[four])
    small = quantizer(found, "conv1/fq_weights_1")
    assert (small.halve_weights, small.pairs_along) == (False, None)
    as_pot = plan(tiny_cnn(), saturation_fix="all", layerwise_configs=[four], placement="pot")
    assert quantizer(as_pot, "conv1/fq_weights_1").halve_weights

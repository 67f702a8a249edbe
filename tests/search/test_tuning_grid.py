"""Other settings of the base algorithm."""

from openpot.config.algorithms import DefaultQuantizationConfig, MinMaxConfig
from openpot.search.tuning_grid import propose_bias_settings, propose_mixed_preset, propose_range_settings


def test_nine_range_estimators_keep_what_else_is_stated_of_activations():
    stated = DefaultQuantizationConfig.model_validate({"activations": {"bits": 8, "mode": "symmetric"}})
    tried = dict(propose_range_settings(stated))
    assert len(tried) == 9
    estimators = {str(one.activations.range_estimator) for one in tried.values()}
    assert len(estimators) == 9
    assert all(one.activations.list_stated() == stated.activations.list_stated() for one in tried.values())


def test_bias_corrections_that_are_not_in_use_are_tried():
    assert [one.use_fast_bias for _, one in propose_bias_settings(DefaultQuantizationConfig())] == [True, False]
    assert [one.use_fast_bias for _, one in propose_bias_settings(DefaultQuantizationConfig(use_fast_bias=True))] == [
        False
    ]
    assert list(propose_bias_settings(MinMaxConfig())) == []


def test_the_mixed_preset_is_offered_only_where_it_changes_something():
    assert propose_mixed_preset(MinMaxConfig(target_device="GPU")).preset == "mixed"
    assert propose_mixed_preset(MinMaxConfig(target_device="CPU")) is None
    assert propose_mixed_preset(MinMaxConfig(target_device="CPU", placement="pot")).preset == "mixed"
    assert propose_mixed_preset(MinMaxConfig(target_device="GPU", preset="mixed")) is None
    symmetric = MinMaxConfig.model_validate({"target_device": "GPU", "activations": {"mode": "symmetric"}})
    assert propose_mixed_preset(symmetric) is None

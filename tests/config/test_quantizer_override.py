"""Partial statements about quantizers."""

import pytest
from pydantic import ValidationError

from openpot.config.quantizer_override import QuantizerOverrideConfig
from openpot.config.range_estimator import EstimatorEnd, RangeEstimatorConfig


def test_nothing_stated_states_nothing():
    assert QuantizerOverrideConfig().list_stated() == {}


def test_only_what_is_stated_is_passed_on_without_the_estimator():
    raw = {"bits": 4, "range_estimator": {"max": {"type": "quantile"}}}
    override = QuantizerOverrideConfig.model_validate(raw)
    assert override.list_stated() == {"bits": 4}
    assert override.range_estimator == RangeEstimatorConfig(max=EstimatorEnd(type="quantile"))


def test_a_complete_override():
    raw = {"bits": 4, "mode": "symmetric", "granularity": "perchannel", "level_low": -7, "level_high": 7}
    assert QuantizerOverrideConfig.model_validate(raw).list_stated() == raw


@pytest.mark.parametrize("raw", [{"level_low": 5}, {"level_high": -1}, {"level_low": 0, "level_high": 0}], ids=str)
def test_zero_is_among_the_levels(raw):
    with pytest.raises(ValidationError, match="level_low must be at most 0"):
        QuantizerOverrideConfig.model_validate(raw)


@pytest.mark.parametrize("raw", [{"level_low": 0}, {"level_high": 0}, {"level_low": -8, "level_high": 7}], ids=str)
def test_levels_may_begin_or_end_at_zero(raw):
    assert QuantizerOverrideConfig.model_validate(raw).list_stated() == raw


@pytest.mark.parametrize("raw", [{"bits": 1}, {"mode": "both"}, {"granularity": "channel"}, {"num_bits": 4}])
def test_impossible_statements_are_refused(raw):
    with pytest.raises(ValidationError):
        QuantizerOverrideConfig.model_validate(raw)

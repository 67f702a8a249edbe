"""The parameters of the sparsity algorithms."""

import math

import pytest
from pydantic import ValidationError

from openpot.config.sparsity import BaseWeightSparsityConfig, MagnitudeSparsityConfig, WeightSparsityConfig


def test_defaults_are_those_of_pot():
    config = WeightSparsityConfig(sparsity_level=0.5)
    assert (config.normed_threshold, config.correct_weight_bias, config.eps_factor) == (True, True, 1e-9)
    assert (config.use_fast_bias, config.threshold, config.apply_for_all_nodes) == (True, math.inf, True)
    assert config.use_layerwise_tuning is False


@pytest.mark.parametrize("model", [MagnitudeSparsityConfig, BaseWeightSparsityConfig, WeightSparsityConfig])
@pytest.mark.parametrize("params", [{}, {"sparsity_level": -0.1}, {"sparsity_level": 1.1}], ids=str)
def test_the_level_is_needed_and_is_a_share(model, params):
    with pytest.raises(ValidationError, match="sparsity_level"):
        model(**params)

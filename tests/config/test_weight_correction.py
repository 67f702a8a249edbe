"""The parameters of the algorithms on weights."""

import pytest
from pydantic import ValidationError

from openpot.config.algorithms import AlgorithmConfig
from openpot.config.weight_correction import (
    OutlierChannelSplittingConfig,
    OverflowCorrectionConfig,
    WeightBiasCorrectionConfig,
)


def test_defaults_are_those_of_pot():
    assert WeightBiasCorrectionConfig().eps_factor == 1e-5
    assert OutlierChannelSplittingConfig().weights_expansion_ratio == 0.01
    assert set(OverflowCorrectionConfig.model_fields) == set(AlgorithmConfig.model_fields)


@pytest.mark.parametrize(
    ("model", "params"),
    [
        (WeightBiasCorrectionConfig, {"eps_factor": 0}),
        (OutlierChannelSplittingConfig, {"weights_expansion_ratio": -0.1}),
        (OutlierChannelSplittingConfig, {"weights_expansion_ratio": 1.5}),
    ],
    ids=str,
)
def test_impossible_values_are_refused(model, params):
    with pytest.raises(ValidationError):
        model(**params)

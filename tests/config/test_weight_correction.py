"""The parameters of the algorithms on weights."""

import pytest
from pydantic import ValidationError

from openpot.config.weight_correction import WeightBiasCorrectionConfig


def test_defaults_are_those_of_pot():
    assert WeightBiasCorrectionConfig().eps_factor == 1e-5


@pytest.mark.parametrize(("model", "params"), [(WeightBiasCorrectionConfig, {"eps_factor": 0})], ids=str)
def test_impossible_values_are_refused(model, params):
    with pytest.raises(ValidationError):
        model(**params)

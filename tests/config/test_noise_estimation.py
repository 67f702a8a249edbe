"""The parameters of the estimation of quantization noise."""

import pytest
from pydantic import ValidationError

from openpot.config.noise_estimation import QuantNoiseEstimatorConfig


def test_defaults_are_those_of_pot():
    config = QuantNoiseEstimatorConfig()
    assert (config.mode, config.type, config.eps) == ("full_fq_noise", "sqnr", 1e-15)
    assert config.results_dump_filename is None


@pytest.mark.parametrize("params", [{"mode": "none"}, {"type": "snr"}, {"eps": 0}], ids=str)
def test_impossible_values_are_refused(params):
    with pytest.raises(ValidationError):
        QuantNoiseEstimatorConfig(**params)

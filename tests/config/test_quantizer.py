"""The configuration of one FakeQuantize is a value."""

import dataclasses

import pytest

from openpot.config.quantizer import QuantizerConfig
from openpot.config.range_estimator import EstimatorEnd, RangeEstimatorConfig
from openpot.scheme import PerTensor, QuantizationMode


def test_default_is_symmetric_eight_bits_per_tensor():
    config = QuantizerConfig()
    assert (config.num_bits, config.mode, config.granularity) == (8, QuantizationMode.SYMMETRIC, PerTensor())


def test_equal_configurations_hash_alike_even_with_an_estimator():
    def make():
        return QuantizerConfig(
            range_estimator=RangeEstimatorConfig(max=EstimatorEnd(type="quantile", outlier_prob=0.01))
        )

    assert make() == make()
    assert len({make(), make()}) == 1
    assert make() != QuantizerConfig()


def test_configuration_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        QuantizerConfig().num_bits = 4

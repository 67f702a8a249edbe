"""The parameters of range supervision."""

from openpot.config.algorithms import AlgorithmConfig
from openpot.config.range_supervision import RangeSupervisionConfig


def test_there_are_only_the_common_keys():
    assert set(RangeSupervisionConfig.model_fields) == set(AlgorithmConfig.model_fields)

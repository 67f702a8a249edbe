"""Names to algorithms."""

import pytest

from openpot.algorithms.min_max import MinMaxQuantization
from openpot.errors import ConfigError, UnknownNameError
from openpot.registry import COMPRESSION_ALGORITHMS, get_algorithm_class


def test_every_algorithm_is_known_by_its_name():
    names = {
        "MinMaxQuantization", "FastBiasCorrection", "BiasCorrection", "WeightBiasCorrection",
        "ActivationChannelAlignment", "OverflowCorrection", "DefaultQuantization", "AccuracyAwareQuantization",
        "AccuracyAwareCommon", "AccuracyAwareGNA", "INT4MixedQuantization", "TunableQuantization",
        "ParamsGridSearchAlgorithm", "RangeOptimization", "QuantNoiseEstimator", "DataFreeQuantization",
        "OutlierChannelSplitting", "RangeSupervision", "MagnitudeSparsity", "BaseWeightSparsity", "WeightSparsity",
        "WeightCompression",
    }  # fmt: skip
    assert len(names) == 22
    for name in names:
        assert get_algorithm_class(name).name == name


def test_names_may_begin_with_the_registry():
    assert get_algorithm_class(f"{COMPRESSION_ALGORITHMS.name}.MinMaxQuantization") is MinMaxQuantization


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("DefaultQuantisation", UnknownNameError, "did you mean 'DefaultQuantization'"),
        (".MinMaxQuantization", ConfigError, "neither begin nor end with a dot"),
        ("MinMaxQuantization.", ConfigError, "neither begin nor end with a dot"),
        ("Others.MinMaxQuantization", UnknownNameError, "no algorithm registry 'Others'"),
        ("", ConfigError, "must be a text"),
        (None, ConfigError, "must be a text"),
    ],
    ids=["misspelt", "dot in front", "dot behind", "other registry", "empty", "none"],
)
def test_wrong_names_are_refused(name, error, message):
    with pytest.raises(error, match=message):
        get_algorithm_class(name)

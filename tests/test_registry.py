"""Names to algorithms."""

import pytest

from openpot.algorithms.base import Algorithm
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.errors import ConfigError, UnknownNameError
from openpot.registry import COMPRESSION_ALGORITHMS, Registry, algorithm_class


def test_every_algorithm_is_known_by_its_name():
    names = {
        "MinMaxQuantization", "FastBiasCorrection", "BiasCorrection", "WeightBiasCorrection",
        "ActivationChannelAlignment", "OverflowCorrection", "DefaultQuantization", "AccuracyAwareQuantization",
        "AccuracyAwareCommon", "AccuracyAwareGNA", "INT4MixedQuantization", "TunableQuantization",
        "ParamsGridSearchAlgorithm", "RangeOptimization", "QuantNoiseEstimator", "DataFreeQuantization",
        "OutlierChannelSplitting", "RangeSupervision", "MagnitudeSparsity", "BaseWeightSparsity", "WeightSparsity",
    }  # fmt: skip
    assert len(names) == 21
    for name in names:
        assert algorithm_class(name).name == name


def test_names_may_begin_with_the_registry():
    assert algorithm_class(f"{COMPRESSION_ALGORITHMS.name}.MinMaxQuantization") is MinMaxQuantization


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
        algorithm_class(name)


def test_unknown_names_are_key_errors_as_in_pot():
    with pytest.raises(KeyError):
        COMPRESSION_ALGORITHMS.get("Nonsense")


def test_classes_are_registered_under_a_name_or_their_own():
    registry = Registry("Own")

    @registry.register("Short")
    class WithName(Algorithm):
        def run(self, model):
            return model

    @registry.register()
    class WithoutName(WithName):
        pass

    assert registry.registry_dict == {"Short": WithName, "WithoutName": WithoutName}
    assert registry.get("Short") is WithName
    assert "Short" in registry
    assert "Long" not in registry
    assert registry.name == "Own"


def test_a_name_is_given_once():
    registry = Registry("Own")
    registry.register("Taken")(MinMaxQuantization)
    registry.register("Taken")(MinMaxQuantization)
    with pytest.raises(KeyError, match="'Taken' is taken by MinMaxQuantization"):
        registry.register("Taken")(type("Other", (Algorithm,), {}))

"""The table of algorithms."""

import pytest

from openpot.algorithms.algorithm_registry import COMPRESSION_ALGORITHMS, Registry, list_algorithm_configs
from openpot.algorithms.base import Algorithm
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.config.algorithms import AlgorithmConfig, MinMaxConfig


def test_every_algorithm_of_openpot_names_its_configuration():
    configs = list_algorithm_configs()
    assert set(configs) == set(COMPRESSION_ALGORITHMS.registry_dict)
    assert configs["MinMaxQuantization"] is MinMaxConfig
    assert all(issubclass(config, AlgorithmConfig) for config in configs.values())


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

"""The table of algorithms."""

import json
from pathlib import Path

import pytest

from openpot.algorithms.algorithm_registry import COMPRESSION_ALGORITHMS, OWN_ALGORITHMS, AlgorithmConfigs, Registry
from openpot.algorithms.base import Algorithm
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.config.algorithms import AlgorithmConfig, MinMaxConfig


def test_every_algorithm_of_openpot_names_its_configuration():
    configs = AlgorithmConfigs()
    assert set(configs) == set(COMPRESSION_ALGORITHMS.registry_dict)
    assert configs["MinMaxQuantization"] is MinMaxConfig
    assert all(issubclass(config, AlgorithmConfig) for config in configs.values())


def test_openpots_own_algorithms_are_classes_of_the_name_in_the_table():
    for name, module in OWN_ALGORITHMS.items():
        entry = COMPRESSION_ALGORITHMS.get(name)
        assert (entry.__module__, entry.__name__, entry.name) == (module, name, name)


def test_an_entry_is_imported_when_it_is_asked_for():
    registry = Registry("Own", {"JSONDecoder": "json", "Missing": "no_such_module"})
    assert list(map(registry.__contains__, ("JSONDecoder", "Missing", "Other"))) == [True, True, False]
    assert registry.get("JSONDecoder") is json.JSONDecoder
    registry.register("JSONDecoder")(json.JSONDecoder)
    with pytest.raises(KeyError, match="'JSONDecoder' is taken by JSONDecoder"):
        registry.register("JSONDecoder")(json.JSONEncoder)


def test_entries_keep_their_order_however_they_are_asked_for():
    registry = Registry("Own", {"JSONDecoder": "json", "Path": "pathlib"})
    registry.get("Path")
    registry.register("Last")(MinMaxQuantization)
    assert registry.registry_dict == {"JSONDecoder": json.JSONDecoder, "Path": Path, "Last": MinMaxQuantization}
    assert list(registry.registry_dict) == ["JSONDecoder", "Path", "Last"]


def test_configurations_of_other_names_are_added():
    configs = AlgorithmConfigs({"OfUser": MinMaxConfig})
    assert configs["OfUser"] is MinMaxConfig
    assert len(configs) == len(AlgorithmConfigs()) + 1
    with pytest.raises(KeyError, match="no 'Nonsense'"):
        configs["Nonsense"]


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

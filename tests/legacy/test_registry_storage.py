import pytest

from openpot.errors import ConfigError, UnknownNameError
from openpot.legacy.algorithm_registry import COMPRESSION_ALGORITHMS
from openpot.legacy.registry_storage import REGISTRY_STORAGE, RegistryStorage, get_registry
from openpot.registry import Registry


def test_algorithms_are_found_by_the_name_of_their_registry():
    assert get_registry("QuantizationAlgos") is COMPRESSION_ALGORITHMS
    assert REGISTRY_STORAGE.get_registry("QuantizationAlgos") is COMPRESSION_ALGORITHMS


def test_registries_are_picked_from_a_namespace():
    mine = Registry("Mine")
    assert RegistryStorage({"a": mine, "b": 3, "again": mine}).registries == {"Mine": mine}


def test_two_registries_of_one_name_are_refused():
    with pytest.raises(ConfigError, match="Mine"):
        RegistryStorage({"a": Registry("Mine"), "b": Registry("Mine")})


def test_unknown_registry_gets_a_hint():
    with pytest.raises(UnknownNameError, match="did you mean 'QuantizationAlgos'"):
        get_registry("QuantizationAlgo")

import pytest

import openpot
from openpot.algorithms.base import Algorithm
from openpot.errors import ConfigError
from openpot.legacy.algorithm_classes import ALGORITHM_CLASSES, MinMaxQuantization
from openpot.legacy.algorithm_registry import COMPRESSION_ALGORITHMS, AlgorithmRegistry, get_algorithm
from openpot.legacy.create_pipeline import create_pipeline


@pytest.fixture
def registered(monkeypatch):
    """Entries of the test are taken out again."""
    for registry in (COMPRESSION_ALGORITHMS, openpot.COMPRESSION_ALGORITHMS):
        monkeypatch.setattr(registry, "_entries", dict(registry._entries))


def test_names_lead_to_pots_classes():
    assert COMPRESSION_ALGORITHMS.get("MinMaxQuantization") is MinMaxQuantization
    assert get_algorithm("MinMaxQuantization") is MinMaxQuantization
    assert get_algorithm("QuantizationAlgos.MinMaxQuantization") is MinMaxQuantization
    assert set(COMPRESSION_ALGORITHMS.registry_dict.values()) >= set(ALGORITHM_CLASSES)


def test_unknown_names_are_key_errors_with_a_hint():
    for look_up in (COMPRESSION_ALGORITHMS.get, get_algorithm):
        with pytest.raises(KeyError, match="did you mean 'MinMaxQuantization'"):
            look_up("MinMaxQuantisation")
    with pytest.raises(ConfigError, match="dot"):
        get_algorithm(".MinMaxQuantization")


@pytest.mark.parametrize("base", ALGORITHM_CLASSES, ids=lambda kind: kind.__name__)
def test_a_subclass_of_any_algorithm_can_be_registered_and_named(registered, base):
    @COMPRESSION_ALGORITHMS.register("Mine")
    class Mine(base):
        name = "Mine"

    params = {"sparsity_level": 0.5} if "Sparsity" in base.__name__ else {}
    device = {"target_device": "GNA"} if base.__name__ == "AccuracyAwareGNA" else {}
    (algorithm,) = create_pipeline([{"name": "Mine", "params": {**params, **device}}], None).algo_seq
    assert type(algorithm) is Mine
    assert openpot.COMPRESSION_ALGORITHMS.get("Mine") is Mine


def test_an_algorithm_registered_with_openpot_is_found_here(registered):
    @openpot.COMPRESSION_ALGORITHMS.register("Other")
    class Other(Algorithm):
        def run(self, model):
            return model

    assert COMPRESSION_ALGORITHMS.get("Other") is Other


def test_a_name_that_is_taken_is_refused(registered):
    with pytest.raises(KeyError, match="taken"):
        COMPRESSION_ALGORITHMS.register("MinMaxQuantization")(type("Another", (MinMaxQuantization,), {}))


def test_registries_are_separate():
    assert "MinMaxQuantization" not in AlgorithmRegistry("Empty").registry_dict

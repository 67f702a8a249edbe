from openpot.algorithms.base import Algorithm
from openpot.config.algorithms import DefaultQuantizationConfig
from openpot.job.known_names import collect_known_names
from openpot.registry import COMPRESSION_ALGORITHMS


def test_algorithms_come_with_the_model_of_their_parameters():
    known = collect_known_names()
    assert known.algorithms["DefaultQuantization"] is DefaultQuantizationConfig
    assert "k" in known.metrics["accuracy"]


def test_an_algorithm_of_the_users_own_is_known_without_parameters(monkeypatch):
    class Mine(Algorithm):
        name = "Mine"

        def run(self, model):
            return model

    monkeypatch.setitem(COMPRESSION_ALGORITHMS.registry_dict, "Mine", Mine)
    assert collect_known_names().algorithms["Mine"] is None

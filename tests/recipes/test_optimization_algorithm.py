import pytest

from metric_engines import Agreement, Distance, engine_with
from openpot.data.several_metrics import SeveralMetrics
from openpot.errors import ConfigError, UnknownNameError
from openpot.recipes.optimization_algorithm import OptimizationAlgorithm
from toy_engines import PlainEngine


class Search(OptimizationAlgorithm):
    name = "Search"

    def apply(self, model, observed):
        return self.find_directions()


def test_samples_that_decide_are_spread_over_the_data_set():
    search = Search({}, engine_with(Agreement(), count=16))
    assert search.choose_deciding_samples(None) is None
    assert search.choose_deciding_samples(4) == [0, 4, 8, 12]
    assert search.choose_deciding_samples(99) == list(range(16))


class KeepsItsData(PlainEngine):
    data_loader = None


def test_an_engine_that_keeps_its_data_to_itself_decides_on_all_that_it_has():
    assert Search({}, KeepsItsData([1])).choose_deciding_samples(4) is None


def test_metrics_come_with_their_directions():
    search = Search({}, engine_with(SeveralMetrics([Agreement(), Distance()])))
    assert search.find_directions() == {"agreement": True, "distance": False}
    assert search.make_meter(search.find_directions(["distance"])).names == ("distance",)
    with pytest.raises(UnknownNameError):
        search.find_directions(["top1"])


def test_an_engine_is_needed():
    with pytest.raises(ConfigError):
        Search({}).find_directions()

"""Engines of users: what is wrong is found, and those of openpot pass."""

import itertools

import pytest

from metric_engines import Agreement, engine_with, held
from openpot.engine.base import Engine
from openpot.engine.openvino_engine import IEEngine
from openpot.testing import ContractError, check_engine

drift = itertools.count()


class Own(Engine):
    """Passes everything on to an engine of openpot."""

    def set_model(self, model):
        self.inner = IEEngine(self.config, self._data_loader, self._metric)
        self.inner.set_model(model)

    def predict(
        self, stats_layout=None, sampler=None, stat_aliases=None, metric_per_sample=False, print_progress=False
    ):
        metrics, statistics = self.inner.predict(stats_layout, self.choose(sampler), None, metric_per_sample)
        return (self.change_metrics(metrics), self.change(statistics)) if stats_layout or metrics else (None, {})

    def choose(self, sampler):
        return sampler

    def change_metrics(self, metrics):
        return metrics

    def change(self, statistics):
        return statistics


def change_values(statistics, change):
    return {node: {name: change(values) for name, values in found.items()} for node, found in statistics.items()}


class Nothing(Own):
    def predict(self, *_, **__):
        return None


class NoStatistics(Own):
    def change(self, statistics):
        return {}


class OtherNode(Own):
    def change(self, statistics):
        return {"nope": {}}


class OnlyFirst(Own):
    def change(self, statistics):
        return change_values(statistics, lambda values: values[:1])


class Drifts(Own):
    def change(self, statistics):
        return change_values(statistics, lambda values: [value + next(drift) for value in values])


class Sorts(Own):
    def change(self, statistics):
        return change_values(statistics, sorted)


class AllSamples(Own):
    def choose(self, sampler):
        return None


class SpoilsModel(Own):
    def set_model(self, model):
        super().set_model(model)
        model.members[0].model.reshape([2, 3, 16, 16])


class NeverResets(Own):
    def change_metrics(self, metrics):
        return None if metrics is None else {name: value + next(drift) for name, value in metrics.items()}


class OtherMetric(Own):
    def get_metrics_attributes(self):
        return {"accuracy": {"direction": "higher-better"}}


class NoModel(Own):
    def set_model(self, model):
        raise KeyError("no such node")


WRONG = {
    Nothing: "must return a pair",
    NoStatistics: "statistics must be",
    OtherNode: "statistics must be",
    OnlyFirst: "1 values of a statistic for 3 inferences",
    Drifts: "the same call gives other statistics",
    Sorts: "not in the order of the sampler",
    AllSamples: "16 values of a statistic for 3 inferences",
    SpoilsModel: "the model is another one afterwards",
    NeverResets: "the same call gives other metrics",
    OtherMetric: r"get_metrics_attributes\(\) names \['accuracy'\]",
    NoModel: "no such node",
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_engine_is_caught(kind):
    with pytest.raises(ContractError, match=WRONG[kind]):
        check_engine(engine_with(Agreement(), kind=kind), held())


@pytest.mark.parametrize("kind", [IEEngine, Own])
def test_sound_engines_pass(kind):
    check_engine(engine_with(Agreement(), kind=kind), held())

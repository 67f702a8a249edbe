"""Part V: engines, algorithms and the like that users write and that break their contract."""

from __future__ import annotations

import numpy as np

from .cases import Ending, case
from .toys import Lazy, network, samples


def engine_class(**members):
    """An engine of a user's with some members changed."""
    import openpot

    class Own(openpot.Engine):
        def set_model(self, model):
            self.inner = openpot.IEEngine({"device": "CPU"}, self._data_loader, self._metric)
            self.inner.set_model(model)

        def predict(self, stats_layout=None, sampler=None, stat_aliases=None, metric_per_sample=False, print_progress=False):
            return self.inner.predict(stats_layout, sampler, stat_aliases, metric_per_sample, print_progress)

    return type("Changed", (Own,), members)


def run_engine(**members):
    import openpot
    from openpot.graph.model import CompressedModel

    engine = engine_class(**members)({"device": "CPU"}, Lazy(lambda number: (samples()[number], None)))
    pipeline = openpot.create_pipeline([{"name": "DefaultQuantization", "params": {"stat_subset_size": 8}}], engine)
    return pipeline.run(CompressedModel(graph=network())).members[0].model


@case("V01", "an engine that keeps its contract", must_end="done", only="openpot")
def good_engine(tool, folder):
    return run_engine()


@case("V02", "an engine whose predict returns None", "Changed.predict", "none", must_end="refused", only="openpot")
def engine_none(tool, folder):
    return run_engine(predict=lambda self, *_, **__: None)


@case("V03", "an engine whose predict returns text", "Changed.predict", must_end="refused", only="openpot")
def engine_text(tool, folder):
    return run_engine(predict=lambda self, *_, **__: "done")


@case("V04", "an engine that answers under wrong names", "Changed.predict", must_end="refused", only="openpot")
def engine_names(tool, folder):
    return run_engine(predict=lambda self, *_, **__: ({}, {"nope": {"max": [np.zeros(3)]}}))


@case("V05", "an engine that returns text as statistics", "Changed.predict", must_end="refused", only="openpot")
def engine_statistics(tool, folder):
    def predict(self, stats_layout=None, *_, **__):
        return {}, {node: {name: ["x"] * 8 for name in functions} for node, functions in (stats_layout or {}).items()}

    return run_engine(predict=predict)


def run_algorithm(run):
    import openpot
    from openpot.graph.model import CompressedModel

    algorithm = type("Odd", (openpot.Algorithm,), {"name": "Odd", "run": run})
    pipeline = openpot.create_pipeline([], openpot.IEEngine({"device": "CPU"}, Lazy(lambda number: (samples()[number], None))))
    pipeline.add_algo(algorithm())
    return pipeline.run(CompressedModel(graph=network()))


@case("V06", "an algorithm that returns None", "Odd", "none", must_end="refused", only="openpot")
def algorithm_none(tool, folder):
    run_algorithm(lambda self, model: None)


@case("V07", "an algorithm that returns text", "Odd", must_end="refused", only="openpot")
def algorithm_text(tool, folder):
    run_algorithm(lambda self, model: "model")


@case("V08", "an algorithm that raises", "Odd", "no such node", must_end="refused", only="openpot")
def algorithm_raises(tool, folder):
    def run(self, model):
        raise KeyError("no such node")

    run_algorithm(run)

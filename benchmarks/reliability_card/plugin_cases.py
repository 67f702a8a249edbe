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


def suite(check, right, wrong):
    """Whether a check of ``openpot.testing`` passes what is right, and catches everything that is wrong."""
    from openpot.testing import ContractError

    for subject in right:
        check(subject)
    for number, subject in enumerate(wrong):
        try:
            check(subject)
        except ContractError:
            continue
        return Ending("damage", f"number {number} is not caught")
    return Ending("done", f"{len(wrong)} of {len(wrong)} are caught")


def loader(make=lambda number: (samples()[number], number), count=8, **members):
    return type("Changed", (Lazy,), members)(make, count)


@case("V09", "check_data_loader, eight wrong ones", must_end="done", only="openpot")
def data_loaders(tool, folder):
    from openpot.testing import check_data_loader

    rng, made = np.random.default_rng(0), samples()
    wrong = [
        loader(count=0), loader(__len__=lambda self: -1), loader(__len__=lambda self: 12), loader(lambda number: None),
        loader(lambda number: (made[number] + rng.random(), number)), loader(lambda number: (made[0], number)),
        loader(lambda number: (np.full_like(made[0], np.nan), number)), loader(lambda number: (made[number], number or None)),
    ]
    return suite(lambda subject: check_data_loader(subject, network()), [loader()], wrong)


@case("V10", "check_metric, eight wrong ones", must_end="done", only="openpot")
def metrics(tool, folder):
    from openpot.testing import check_metric

    from .metric_cases import own_metric

    rng = np.random.default_rng(0)
    outputs = [[np.full((1, 5), number, np.float32)] for number in range(6)]
    answers = [output[0] + number / 50 for number, output in enumerate(outputs)]
    wrong = [
        own_metric(reset=lambda self: None), own_metric(higher_better=property(lambda self: False)),
        own_metric(avg_value=property(lambda self: 0.5)), own_metric(avg_value=property(lambda self: {"closeness": rng.random()})),
        own_metric(avg_value=property(lambda self: {"closeness": float("nan")})), own_metric(get_attributes=lambda self: {}),
        own_metric(get_attributes=lambda self: {"accuracy": {"direction": "higher-better"}}),
        own_metric(avg_value=property(lambda self: {"closeness": self.scores[-1]})),
    ]
    return suite(lambda subject: check_metric(subject, outputs, answers), [own_metric()], wrong)


@case("V11", "check_engine, eight wrong ones", must_end="done", only="openpot", quick=False)
def engines(tool, folder):
    from openpot.graph.model import CompressedModel
    from openpot.testing import check_engine

    data = Lazy(lambda number: (samples()[number], None))

    def altered(change):
        base = engine_class()

        def predict(self, *arguments, **choices):
            metrics, statistics = base.predict(self, *arguments, **choices)
            return metrics, change(statistics)

        return engine_class(predict=predict)

    def of_all(change):
        return altered(lambda statistics: {node: {name: change(values) for name, values in entry.items()} for node, entry in statistics.items()})

    rng = np.random.default_rng(0)
    wrong = [
        engine_class(predict=lambda self, *_, **__: None), engine_class(predict=lambda self, *_, **__: "done"),
        altered(lambda statistics: {}), altered(lambda statistics: {"nope": {}}), of_all(lambda values: values[:1]),
        of_all(sorted), of_all(lambda values: [value + rng.random() for value in values]),
        of_all(lambda values: ["x"] * len(values)),
    ]
    make = lambda kind: kind({"device": "CPU"}, data)
    return suite(lambda subject: check_engine(subject, CompressedModel(graph=network())), [make(engine_class())], [make(kind) for kind in wrong])


@case("V12", "check_sampler, eight wrong ones", must_end="done", only="openpot")
def samplers(tool, folder):
    import openpot
    from openpot.testing import check_sampler

    data = Lazy(lambda number: (samples()[number], None))

    def sampler(walk, length=8, **members):
        return type("Own", (openpot.Sampler,), {"__iter__": lambda self: walk(), "__len__": lambda self: length, **members})(data, 1)

    once = iter([[data[0]], [data[1]]])
    wrong = [
        sampler(lambda: iter([[data[0]]])), sampler(lambda: once, 2), sampler(lambda: iter([[]]), 1), sampler(lambda: iter([data[0][0]]), 1),
        sampler(lambda: iter([99]), 1), sampler(lambda: iter([[data[0], data[1]]]), 1), sampler(lambda: iter([]), 0),
        sampler(lambda: iter([[data[number]] for number in range(8)]), -1),
    ]
    return suite(lambda subject: check_sampler(subject, data), [openpot.BatchSampler(data), openpot.BatchSampler(data, 3)], wrong)


@case("V13", "check_algorithm, eight wrong ones", must_end="done", only="openpot")
def algorithms(tool, folder):
    import openpot
    from openpot.graph.model import CompressedModel
    from openpot.testing import check_algorithm

    rng = np.random.default_rng(0)

    def algorithm(run, name="Own"):
        return type("Own", (openpot.Algorithm,), {"name": name, "run": run})

    def reshaped(size):
        def run(self, model):
            model.members[0].model.reshape([size(self), 3, 16, 16])
            return model

        return run

    def fail(self, model):
        raise KeyError("no such node")

    def second(self):
        self.runs = getattr(self, "runs", 0) + 1
        return self.runs

    wrong = [
        algorithm(lambda self, model: None), algorithm(lambda self, model: "model"), algorithm(lambda self, model: model, ""), algorithm(fail),
        algorithm(reshaped(lambda self: 2)), algorithm(reshaped(lambda self: int(rng.integers(1000)))), algorithm(reshaped(second)), dict,
    ]
    right = [algorithm(lambda self, model: model)]
    return suite(lambda kind: check_algorithm(kind, CompressedModel(graph=network())), right, wrong)

"""Part A: what metrics do."""

from __future__ import annotations

import numpy as np

from .cases import FAILED, UNCLEAR, Ending, case
from .toys import is_quantized, network, run, samples


def labelled(count=16):
    """Samples, and the outputs of the float model as what is expected."""
    model, made = network(), samples(count)
    return [(sample, run(model, sample)[0]) for sample in made]


def closeness(outputs, expected):
    """Between 0 and 1, higher is better."""
    return 1 / (1 + float(np.abs(outputs[0] - expected).max()))


def by_metric(tool, score, **choices):
    return tool.quantize_by_metric(network(), labelled(), score, **choices)


@case("A01", "the metric raises", "sample", "no such class", must_end="refused")
def raises(tool, folder):
    def score(outputs, expected):
        raise KeyError("no such class")

    return by_metric(tool, score)


@case("A02", "the metric fails on the INT8 model only", "no such class", must_end="done", silent=FAILED, quick=False)
def fails_later(tool, folder):
    """What was computed must not be lost: the quantized model comes back, with the reason."""

    def score(outputs, expected):
        if np.abs(outputs[0] - expected).max() > 1e-3:
            raise KeyError("no such class")
        return 1.0

    made = tool.quantize(network(), labelled(), metric=score) if tool.NAME == "openpot" else by_metric(tool, score)
    return made if is_quantized(made) else Ending("damage", "the quantized model is lost")


@case("A03", "the metric returns NaN", "nan|finite", must_end="refused")
def not_a_number(tool, folder):
    return by_metric(tool, lambda outputs, expected: float("nan"))


@case("A04", "NaN for the INT8 model only", "nan|finite", silent=FAILED, quick=False)
def nan_later(tool, folder):
    def score(outputs, expected):
        return float("nan") if np.abs(outputs[0] - expected).max() > 1e-3 else 1.0

    return by_metric(tool, score)


@case("A05", "lower is better, and nobody said so", "higher_is_better|direction", must_end="refused")
def no_direction(tool, folder):
    def loss(outputs, expected):
        return float(np.abs(outputs[0] - expected).max())

    return by_metric(tool, loss, higher_is_better=None)


@case("A06", "a drop that cannot be kept", "could not|not met|not reached|more than is allowed", silent=UNCLEAR, quick=False)
def out_of_reach(tool, folder):
    def score(outputs, expected):
        return 1.0 if np.abs(outputs[0] - expected).max() < 1e-5 else 0.0

    return by_metric(tool, score)


@case("A07", "a metric with chance in it", "reproducible", silent=UNCLEAR, quick=False)
def chance(tool, folder):
    rng = np.random.default_rng(0)
    return by_metric(tool, lambda outputs, expected: float(rng.random()), max_drop=2.0)


@case("A08", "the metric returns text", "number|text|str", must_end="refused")
def text(tool, folder):
    return by_metric(tool, lambda outputs, expected: "good")


@case("A09", "the metric returns an array", "array|number", must_end="refused")
def array(tool, folder):
    return by_metric(tool, lambda outputs, expected: np.array([0.5, 0.6]))


@case("A10", "no sample has an annotation", "annotation", must_end="refused")
def unlabelled(tool, folder):
    return tool.quantize_by_metric(network(), [(sample, None) for sample in samples()], lambda outputs, expected: outputs[0][expected])


@case("A11", "the metric returns None", "none", must_end="refused")
def none(tool, folder):
    return by_metric(tool, lambda outputs, expected: None)


@case("A12", "max_drop without a metric", "metric", must_end="refused", only="openpot")
def drop_alone(tool, folder):
    return tool.quantize(network(), samples(), max_drop=0.01)


def own_metric(**changes):
    """A metric class of a user's with some members changed."""
    import openpot

    class Closeness(openpot.Metric):
        def __init__(self):
            self.scores = []
            super().__init__()

        @property
        def avg_value(self):
            return {"closeness": float(np.mean(self.scores))}

        @property
        def value(self):
            return {"closeness": self.scores[-1:]}

        def update(self, output, target):
            self.scores.append(closeness(output, target[0]))

        def reset(self):
            self.scores = []

        def get_attributes(self):
            return {"closeness": {"direction": "higher-better", "type": "closeness"}}

    return type("Changed", (Closeness,), changes)()


@case("A13", "reset() forgets nothing", "reset", silent=FAILED, only="openpot", quick=False)
def forgets_nothing(tool, folder):
    metric = own_metric(reset=lambda self: None)
    return tool.quantize(network(), labelled(), metric=metric, max_drop=0.05)


@case("A14", "higher_better contradicts get_attributes()", "higher_better", must_end="refused", only="openpot")
def contradicts(tool, folder):
    metric = own_metric(higher_better=property(lambda self: False))
    return tool.quantize(network(), labelled(), metric=metric, max_drop=0.05)


@case("A15", "avg_value is a bare number", "avg_value", must_end="refused", only="openpot")
def bare_value(tool, folder):
    metric = own_metric(avg_value=property(lambda self: 0.5))
    return tool.quantize(network(), labelled(), metric=metric)


@case("A16", "a value of avg_value is an array", "array|number", must_end="refused", only="openpot")
def array_value(tool, folder):
    metric = own_metric(avg_value=property(lambda self: {"closeness": np.array([0.5, 0.6])}))
    return tool.quantize(network(), labelled(), metric=metric)


@case("A17", "get_attributes() names another value", "closeness|get_attributes", must_end="refused", only="openpot")
def other_name(tool, folder):
    metric = own_metric(get_attributes=lambda self: {"accuracy": {"direction": "higher-better", "type": "x"}})
    return tool.quantize(network(), labelled(), metric=metric, max_drop=0.05)


def search(folder, metric, data=None, drop=0.05):
    """An accuracy-aware run with a journal, as POT's API starts it; returns the numbers of evaluations and of resumed ones."""
    import openpot
    from openpot.graph.model import CompressedModel

    evaluated = []

    class Loader(openpot.DataLoader):
        pairs = labelled() if data is None else data

        def __len__(self):
            return len(self.pairs)

        def __getitem__(self, number):
            return self.pairs[number]

    engine = openpot.IEEngine({"device": "CPU"}, Loader(), metric)
    params = {"stat_subset_size": 8, "maximal_drop": drop, "exec_log_dir": str(folder)}
    pipeline = openpot.create_pipeline([{"name": "AccuracyAwareQuantization", "params": params}], engine)
    pipeline.run(CompressedModel(graph=network()))
    evaluated += pipeline.algo_seq[0].result.evaluations
    return len(evaluated), sum(record.resumed for record in evaluated)


@case("A18", "a journal goes on with another metric of the same name", only="openpot", quick=False)
def other_metric(tool, folder):
    search(folder, own_metric())
    _, resumed = search(folder, own_metric(update=lambda self, output, target: self.scores.append(0.5)))
    return Ending("damage", "answers of another metric were taken") if resumed else Ending("done")


@case("A19", "a journal goes on with other data", only="openpot", quick=False)
def other_data(tool, folder):
    search(folder, own_metric())
    pairs = [(sample, expected + 1) for sample, expected in labelled()]
    _, resumed = search(folder, own_metric(), pairs)
    return Ending("damage", "answers about other data were taken") if resumed else Ending("done")


@case("A20", "the place of the journal is a folder", "journal", must_end="refused", only="openpot")
def journal_is_folder(tool, folder):
    from openpot.search.search_journal import JOURNAL_NAME

    (folder / JOURNAL_NAME).mkdir()
    search(folder, own_metric())

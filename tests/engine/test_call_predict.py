import pytest

from openpot.engine.call_predict import call_predict
from openpot.errors import EngineError

ASKED = {"stats_layout": {"n": {}}, "sampler": "s", "stat_aliases": {"a": 1}, "metric_per_sample": True}


class OfPot:
    def predict(
        self, stats_layout=None, sampler=None, stat_aliases=None, metric_per_sample=False, print_progress=False
    ):
        return (stats_layout, sampler, stat_aliases, metric_per_sample, print_progress), {}


class Documented:
    def predict(self, stats_layout=None, sampler=None, metric_per_sample=False, print_progress=False):
        return (stats_layout, sampler, metric_per_sample, print_progress), {}


class OtherNames5:
    def predict(self, layout, samples, aliases, per_sample, progress):
        return (layout, samples, aliases, per_sample, progress), {}


class OtherNames4:
    def predict(self, layout, samples, per_sample, progress):
        return (layout, samples, per_sample, progress), {}


class WithExtra:
    def predict(self, stats_layout=None, sampler=None, metric_per_sample=False, print_progress=False, threshold=0.5):
        return (stats_layout, sampler, metric_per_sample, threshold), {}


class Short:
    def predict(self, stats_layout=None, sampler=None):
        return (stats_layout, sampler), {}


class Forwarding(OfPot):
    def predict(self, *args, **kwargs):
        return super().predict(*args, **kwargs)


class ForwardingDocumented(Documented):
    def predict(self, *args, **kwargs):
        return super().predict(*args, **kwargs)


class KeywordsBehind(OfPot):
    def predict(self, stats_layout=None, sampler=None, **kwargs):
        return super().predict(stats_layout, sampler, **kwargs)


class OnlyPositional:
    def predict(self, *args):
        return args, {}


@pytest.mark.parametrize(
    ("engine", "expected"),
    [
        (OfPot, ({"n": {}}, "s", {"a": 1}, True, False)),
        (Documented, ({"n": {}}, "s", True, False)),
        (OtherNames5, ({"n": {}}, "s", {"a": 1}, True, False)),
        (OtherNames4, ({"n": {}}, "s", True, False)),
        (WithExtra, ({"n": {}}, "s", True, 0.5)),
        (Forwarding, ({"n": {}}, "s", {"a": 1}, True, False)),
        (KeywordsBehind, ({"n": {}}, "s", {"a": 1}, True, False)),
        (OnlyPositional, ({"n": {}}, "s", {"a": 1}, True, False)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_each_signature_gets_its_own_arguments(engine, expected):
    answer, statistics = call_predict(engine(), **ASKED)
    assert answer == expected
    assert statistics == {}


def test_what_is_at_its_default_is_not_forwarded():
    answer, _ = call_predict(ForwardingDocumented(), {"n": {}}, "s", metric_per_sample=True)
    assert answer == ({"n": {}}, "s", True, False)


def test_a_short_signature_is_enough_for_a_plain_pass():
    assert call_predict(Short(), {"n": {}}, "s") == (({"n": {}}, "s"), {})


def test_a_signature_that_cannot_do_what_is_asked_is_refused():
    with pytest.raises(EngineError, match=r"Short\.predict has no parameter metric_per_sample"):
        call_predict(Short(), None, "s", metric_per_sample=True)


def test_an_engine_must_return_a_pair():
    class Wrong:
        def predict(self, stats_layout=None, sampler=None):
            return {"accuracy": 1}

    with pytest.raises(EngineError, match="pair"):
        call_predict(Wrong(), None, "s")

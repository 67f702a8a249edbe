"""A metric that does not say the same twice is noticed before anything rests on it."""

import warnings

import pytest

from metric_engines import Agreement, annotated_with_outputs
from openpot.api.metric_check import warn_if_not_reproducible
from openpot.errors import OpenPotWarning
from toy_engines import ListLoader
from toy_models import tiny_cnn


class Drifting(Agreement):
    def score(self, distance):
        self.asked = getattr(self, "asked", 0) + 1
        return float(self.asked)


class NeverForgets(Agreement):
    def reset(self):
        self.distances = getattr(self, "distances", [])


class NeedsMany(Agreement):
    @property
    def avg_value(self):
        raise ValueError("too few")


def labelled(shift=0.0):
    pairs = annotated_with_outputs(tiny_cnn(), 6)
    return ListLoader([(sample, answer + shift * number) for number, (sample, answer) in enumerate(pairs)])


def test_a_metric_that_drifts_is_named_with_both_values():
    with pytest.warns(OpenPotWarning, match=r"not reproducible: .* agreement was 1.0, then 3.0"):
        warn_if_not_reproducible(tiny_cnn(), labelled(), Drifting())


def test_a_reset_that_forgets_nothing_is_noticed():
    with pytest.warns(OpenPotWarning, match=r"does reset\(\) forget too little"):
        warn_if_not_reproducible(tiny_cnn(), labelled(shift=0.1), NeverForgets())


def test_it_is_noticed_where_the_float_model_is_perfect_too():
    with pytest.warns(OpenPotWarning, match=r"agreement was 1.0, then -\d+"):
        warn_if_not_reproducible(tiny_cnn(), labelled(), NeverForgets())


@pytest.mark.parametrize("metric", [Agreement(), NeedsMany()], ids=["sound", "not on few samples"])
def test_other_metrics_pass_without_a_word(metric):
    with warnings.catch_warnings():
        warnings.simplefilter("error", OpenPotWarning)
        warn_if_not_reproducible(tiny_cnn(), labelled(shift=0.1), metric)

"""What is asked for is checked before anything is read or run."""

import pytest

from metric_engines import Agreement
from openpot.config.accuracy_aware import AccuracyAwareConfig
from openpot.errors import ConfigError
from openpot.quantize_arguments import add_drop, validate


def wishes(**changes):
    stated = {"preset": "mixed", "target_device": "CPU", "ignored_scope": ["conv2"], "subset_size": 7, "seed": 3}
    return validate(**(stated | changes))


def test_without_a_drop_the_outputs_decide():
    assert add_drop(wishes(), Agreement(), None, "absolute") == wishes()


def test_a_drop_takes_every_other_wish_along_and_the_metric_decides():
    found = add_drop(wishes(), Agreement(), 0.02, "relative")
    assert isinstance(found, AccuracyAwareConfig)
    assert (found.maximal_drop, found.drop_type, found.max_output_error) == (0.02, "relative", None)
    for key in ("preset", "target_device", "ignored", "stat_subset_size", "shuffle_data", "seed"):
        assert getattr(found, key) == getattr(wishes(), key), key


def test_no_budget_for_the_outputs_is_no_second_target():
    assert add_drop(wishes(max_output_error=None), Agreement(), 0.02, "absolute").max_output_error is None


@pytest.mark.parametrize(
    ("metric", "drop", "kind", "changes", "words"),
    [
        (None, 0.01, "absolute", {}, "there is no metric"),
        (Agreement(), None, "relative", {}, "state max_drop too"),
        (Agreement(), -0.01, "absolute", {}, "maximal_drop"),
        (Agreement(), float("nan"), "absolute", {}, "maximal_drop"),
        (Agreement(), "much", "absolute", {}, "maximal_drop"),
        (Agreement(), 0.01, "percent", {}, "drop_type"),
        (Agreement(), 0.01, "absolute", {"max_output_error": 0.5}, "state one of them"),
    ],
    ids=["no metric", "no drop", "negative", "nan", "text", "unknown type", "two targets"],
)
def test_what_is_not_possible_is_refused(metric, drop, kind, changes, words):
    with pytest.raises(ConfigError, match=words):
        add_drop(wishes(**changes), metric, drop, kind)

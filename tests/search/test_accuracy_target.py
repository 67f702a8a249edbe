"""Limits of metrics."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpot.errors import MetricError, UnknownNameError
from openpot.search.accuracy_target import (
    MetricLimit,
    NotFiniteMetricError,
    check_metrics,
    find_directions,
    make_accuracy_target,
)

FINITE = st.floats(-1e6, 1e6)
BOTH = {"accuracy": True, "loss": False}


@given(baseline=FINITE, value=FINITE, higher=st.booleans())
def test_a_drop_is_positive_where_the_metric_is_worse(baseline, value, higher):
    drop = MetricLimit("m", higher, baseline, 0.0).compute_drop({"m": value})
    assert (drop > 0) == ((value < baseline) if higher else (value > baseline))


@given(baseline=FINITE, drop=st.floats(0, 1e3), kind=st.sampled_from(["absolute", "relative"]), higher=st.booleans())
def test_a_model_as_good_as_the_baseline_is_always_within_the_limits(baseline, drop, kind, higher):
    target = make_accuracy_target({"m": baseline}, {"m": higher}, drop, kind)
    assert target.is_met({"m": baseline})
    assert not target.is_met({"m": baseline - 2e6 if higher else baseline + 2e6}) or drop * max(abs(baseline), 1) > 1e6


def test_limits_are_absolute_or_a_share_and_hold_in_both_directions():
    values = {"accuracy": 0.8, "loss": 2.0}
    absolute, relative = (make_accuracy_target(values, BOTH, 0.1, kind) for kind in ("absolute", "relative"))
    assert absolute.is_met({"accuracy": 0.7, "loss": 2.1})
    assert not absolute.is_met({"accuracy": 0.7, "loss": 2.11})
    assert relative.is_met({"accuracy": 0.72, "loss": 2.2})
    assert not relative.is_met({"accuracy": 0.71, "loss": 2.2})
    assert absolute.compute_drops({"accuracy": 0.9, "loss": 2.5}) == pytest.approx({"accuracy": -0.1, "loss": 0.5})
    assert absolute.find_worst({"accuracy": 0.2, "loss": 2.2}).name == "accuracy"


def test_the_limit_itself_is_allowed_although_floats_are_not_exact():
    assert 0.7 - 0.69 > 0.01
    assert make_accuracy_target({"m": 0.7}, {"m": True}, 0.01, "absolute").is_met({"m": 0.69})


def test_a_zero_baseline_is_no_division_and_is_remarked():
    target = make_accuracy_target({"accuracy": 0.0, "loss": 0.0}, BOTH, 0.1, "relative")
    assert [one.allowed for one in target.limits] == [0.1, 0.1]
    assert target.is_met({"accuracy": 0.0, "loss": 0.1})
    assert not target.is_met({"accuracy": 0.0, "loss": 0.2})
    assert len(target.remarks) == 3
    assert make_accuracy_target({"loss": 0.0}, BOTH, 0.1, "absolute").remarks == ()


def test_directions_are_required_and_names_checked():
    attributes = {"accuracy": {"direction": "higher-better", "type": "a"}, "loss": {"direction": "higher-worse"}}
    assert find_directions(attributes) == BOTH
    assert find_directions(attributes, ["loss"]) == {"loss": False}
    with pytest.raises(UnknownNameError, match="did you mean 'accuracy'"):
        find_directions(attributes, ["acuracy"])
    with pytest.raises(MetricError, match="it is 'up'"):
        find_directions({"a": {"direction": "up"}})
    with pytest.raises(MetricError, match="names no value"):
        find_directions({})


@pytest.mark.parametrize(
    ("metrics", "error", "text"),
    [
        ({"a": float("nan")}, NotFiniteMetricError, "the value of a is nan"),
        ({"a": float("inf")}, NotFiniteMetricError, "the value of a is inf"),
        ({"a": "good"}, MetricError, "must be a number, it is 'good'"),
        ({"b": 1.0}, MetricError, r"expected values of a from the engine, it gave \['b'\]"),
        (None, MetricError, "it gave None"),
    ],
    ids=["nan", "inf", "text", "other name", "nothing"],
)
def test_what_is_no_number_is_refused_by_name(metrics, error, text):
    with pytest.raises(error, match=text):
        check_metrics(metrics, ["a"])


def test_arrays_count_with_their_mean():
    assert check_metrics({"a": [0.5, 1.0], "b": 3}, ["a"]) == {"a": 0.75}

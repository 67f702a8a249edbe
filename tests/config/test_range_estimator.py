"""The table of default estimators, and what a user's partial statement changes in it."""

import pytest
from pydantic import ValidationError

from openpot.config.range_estimator import (
    EstimatorEnd,
    EstimatorType,
    RangeEstimatorConfig,
    resolve_range_estimator,
)
from openpot.scheme import PerChannel, PerTensor, QuantizationMode

TENSOR, CHANNEL = PerTensor(), PerChannel()
SYMMETRIC, ASYMMETRIC = QuantizationMode.SYMMETRIC, QuantizationMode.ASYMMETRIC


def short(end):
    return None if end is None else (end.type, end.outlier_prob, end.aggregator, end.granularity)


TABLE = [
    ("activations", TENSOR, SYMMETRIC, "default", ("min", None, "min", TENSOR), ("abs_max", None, "mean", TENSOR)),
    ("activations", TENSOR, ASYMMETRIC, "default", ("min", None, "mean", TENSOR), ("max", None, "mean", TENSOR)),
    ("activations", CHANNEL, SYMMETRIC, "default", ("min", None, "min", TENSOR), ("abs_max", None, "max", CHANNEL)),
    ("activations", CHANNEL, ASYMMETRIC, "default", ("min", None, "min", CHANNEL), ("max", None, "max", CHANNEL)),
    (
        "activations",
        TENSOR,
        SYMMETRIC,
        "quantile",
        ("min", None, "min", TENSOR),
        ("abs_quantile", 1e-4, "mean", TENSOR),
    ),
    (
        "activations",
        TENSOR,
        ASYMMETRIC,
        "quantile",
        ("quantile", 1e-4, "mean", TENSOR),
        ("quantile", 1e-4, "mean", TENSOR),
    ),
    (
        "activations",
        CHANNEL,
        SYMMETRIC,
        "quantile",
        ("min", None, "min", TENSOR),
        ("abs_quantile", 1e-4, "max", CHANNEL),
    ),
    (
        "activations",
        CHANNEL,
        ASYMMETRIC,
        "quantile",
        ("quantile", 1e-4, "min", CHANNEL),
        ("quantile", 1e-4, "max", CHANNEL),
    ),
    ("outputs", TENSOR, ASYMMETRIC, "default", ("min", None, "mean", TENSOR), ("max", None, "mean", TENSOR)),
    ("weights", CHANNEL, SYMMETRIC, "default", None, ("abs_max", None, None, CHANNEL)),
    ("weights", CHANNEL, ASYMMETRIC, "default", ("min", None, None, CHANNEL), ("max", None, None, CHANNEL)),
    ("weights", TENSOR, SYMMETRIC, "quantile", None, ("abs_quantile", 1e-4, None, TENSOR)),
    ("weights", TENSOR, ASYMMETRIC, "quantile", ("quantile", 1e-4, None, TENSOR), ("quantile", 1e-4, None, TENSOR)),
]


@pytest.mark.parametrize(
    ("kind", "scope", "mode", "preset", "low", "high"), TABLE, ids=lambda v: str(v) if isinstance(v, str) else None
)
def test_defaults_follow_the_table(kind, scope, mode, preset, low, high):
    resolved = resolve_range_estimator(RangeEstimatorConfig(preset=preset), kind, scope, mode)
    assert (short(resolved.min), short(resolved.max)) == (low, high)


def test_nothing_stated_equals_the_default_preset():
    assert resolve_range_estimator(None, "activations", TENSOR, ASYMMETRIC) == resolve_range_estimator(
        RangeEstimatorConfig(), "activations", TENSOR, ASYMMETRIC
    )


def test_a_statement_about_one_field_keeps_the_others():
    user = RangeEstimatorConfig(max=EstimatorEnd(aggregator="max"))
    resolved = resolve_range_estimator(user, "activations", TENSOR, SYMMETRIC)
    assert short(resolved.max) == ("abs_max", None, "max", TENSOR)
    assert short(resolved.min) == ("min", None, "min", TENSOR)


def test_a_quantile_without_a_share_gets_the_default_share():
    user = RangeEstimatorConfig(max=EstimatorEnd(type="quantile"))
    assert resolve_range_estimator(user, "activations", TENSOR, ASYMMETRIC).max.outlier_prob == 1e-4


def test_an_outlier_share_of_zero_is_kept():
    user = RangeEstimatorConfig(max=EstimatorEnd(type="quantile", outlier_prob=0.0))
    assert resolve_range_estimator(user, "activations", TENSOR, ASYMMETRIC).max.outlier_prob == 0.0


def test_a_share_does_not_stay_on_an_end_that_is_no_quantile():
    user = RangeEstimatorConfig(max=EstimatorEnd(type="max", outlier_prob=0.01))
    assert resolve_range_estimator(user, "activations", TENSOR, ASYMMETRIC).max.outlier_prob is None


def test_clipping_and_granularity_of_the_user_win():
    user = RangeEstimatorConfig(
        min=EstimatorEnd(clipping_value=-3), max=EstimatorEnd(clipping_value=6.0, granularity="pertensor")
    )
    resolved = resolve_range_estimator(user, "activations", CHANNEL, ASYMMETRIC)
    assert (resolved.min.clipping_value, resolved.max.clipping_value) == (-3.0, 6.0)
    assert (resolved.min.granularity, resolved.max.granularity) == (CHANNEL, TENSOR)


def test_symmetric_weights_ignore_a_low_end_and_weights_have_no_aggregator():
    user = RangeEstimatorConfig(min=EstimatorEnd(type="min"), max=EstimatorEnd(aggregator="mean"))
    resolved = resolve_range_estimator(user, "weights", CHANNEL, SYMMETRIC)
    assert resolved.min is None
    assert resolved.max.aggregator is None


def test_resolving_twice_changes_nothing():
    for kind, scope, mode, preset, *_ in TABLE:
        once = resolve_range_estimator(RangeEstimatorConfig(preset=preset), kind, scope, mode)
        assert resolve_range_estimator(once, kind, scope, mode) == once


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "median"},
        {"outlier_prob": 0.5},
        {"outlier_prob": -0.1},
        {"clipping_value": float("nan")},
        {"agregator": "mean"},
    ],
    ids=["unknown type", "half", "negative share", "NaN clipping", "unknown field"],
)
def test_impossible_fields_are_refused(fields):
    with pytest.raises(ValidationError):
        EstimatorEnd(**fields)


@pytest.mark.parametrize(
    ("kind", "expected"), [("quantile", True), ("abs_quantile", True), ("min", False), ("abs_max", False)]
)
def test_only_quantiles_have_an_outlier_share(kind, expected):
    assert EstimatorType(kind).is_quantile is expected

"""What goes wrong in a stage that is optional is reported, and the run goes on."""

import warnings

import pytest

from openpot.errors import DataError, MetricError, ModelError, StageFailedWarning
from openpot.optional_stage import format_reason, optional_stage


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (ModelError("no kernel"), "no kernel"),
        (
            RuntimeError("Exception from here\n  Check failed\n\nthird\nfourth"),
            "RuntimeError: Exception from here Check",
        ),
        (MemoryError(), "MemoryError"),
        (KeyError("name"), "KeyError: 'name'"),
    ],
)
def test_the_run_goes_on_and_the_warning_says_why(problem, reason):
    with pytest.warns(StageFailedWarning) as caught, optional_stage("timing", "It is not known"):
        raise problem
    (warning,) = [entry.message for entry in caught]
    assert warning.stage == "timing"
    assert warning.reason.startswith(reason)
    assert str(warning) == f"timing failed: {warning.reason}. It is not known"
    assert "\n" not in str(warning)


def test_nothing_is_said_where_nothing_fails():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with optional_stage("timing", "It is not known"):
            pass


@pytest.mark.parametrize("problem", [KeyboardInterrupt(), SystemExit(3), MetricError("no number")])
def test_some_exceptions_end_the_run(problem):
    with pytest.raises(type(problem)), optional_stage("timing", "It is not known", fatal=(MetricError, DataError)):
        raise problem


def test_the_warning_points_at_the_stage():
    with pytest.warns(StageFailedWarning) as caught, optional_stage("timing", "It is not known"):
        raise ValueError("no clock")
    assert caught[0].filename == __file__


def test_long_reasons_are_cut():
    assert len(format_reason(ModelError("x" * 10_000))) < 1000

"""Warnings as texts."""

import warnings

import pytest

from openpot.errors import OpenPotWarning, StageFailedWarning
from openpot.report.records import FailedStage
from openpot.report.reported_warnings import reported_warnings


def test_texts_of_openpots_warnings_are_kept_and_all_warnings_go_on():
    with pytest.warns() as caught, reported_warnings() as reported:
        warnings.warn("sample 3 is odd", OpenPotWarning, stacklevel=1)
        warnings.warn("of somebody else", UserWarning, stacklevel=1)
    assert reported.texts == ["sample 3 is odd"]
    assert [str(entry.message) for entry in caught] == ["sample 3 is odd", "of somebody else"]


def test_warnings_go_on_when_the_work_fails():
    with (
        pytest.warns(OpenPotWarning, match="before the end"),
        pytest.raises(ValueError, match="stop"),
        reported_warnings(),
    ):
        warnings.warn("before the end", OpenPotWarning, stacklevel=1)
        raise ValueError("stop")


def test_stages_that_failed_are_told_apart():
    with pytest.warns(StageFailedWarning), reported_warnings() as reported:
        warnings.warn(StageFailedWarning("timing", "no clock", "It is not known"), stacklevel=1)
    assert reported.failed_stages == [FailedStage("timing", "no clock")]
    assert reported.texts == ["timing failed: no clock. It is not known"]

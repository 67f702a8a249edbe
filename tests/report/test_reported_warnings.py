"""Warnings as texts."""

import threading
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


def test_runs_in_two_threads_keep_their_warnings_apart():
    both_are_inside, results = threading.Barrier(2, timeout=30), {}

    def work(name):
        with reported_warnings() as reported:
            both_are_inside.wait()
            warnings.warn(f"of {name}", OpenPotWarning, stacklevel=1)
            both_are_inside.wait()
        results[name] = reported.texts

    before = warnings.showwarning, list(warnings.filters)
    with warnings.catch_warnings(record=True):
        warnings.simplefilter("always", OpenPotWarning)
        threads = [threading.Thread(target=work, args=(name,)) for name in ("one", "other")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert results == {"one": ["of one"], "other": ["of other"]}
    assert (warnings.showwarning, list(warnings.filters)) == before


def test_a_run_within_another_has_its_own_list():
    with pytest.warns(OpenPotWarning), reported_warnings() as outer:
        with reported_warnings() as inner:
            warnings.warn("inside", OpenPotWarning, stacklevel=1)
        warnings.warn("outside", OpenPotWarning, stacklevel=1)
    assert inner.texts == ["inside"]
    assert outer.texts == ["inside", "outside"]

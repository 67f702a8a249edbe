"""Stages that are reported while they last."""

import pytest

from openpot.progress import SilentProgress, current_progress, reporting_to, stage


class Recorder(SilentProgress):
    def __init__(self):
        self.seen = []

    def start(self, stage, total):
        self.seen.append((stage, total))

    def advance(self, steps=1):
        self.seen.append(steps)

    def finish(self):
        self.seen.append("over")


def test_a_stage_is_one_step_long():
    recorder = Recorder()
    with stage(recorder, "timing"):
        assert recorder.seen == [("timing", 1)]
    assert recorder.seen == [("timing", 1), 1, "over"]


def test_a_stage_that_fails_is_over_without_its_step():
    recorder = Recorder()
    with pytest.raises(ValueError, match="broken"), stage(recorder, "timing"):
        raise ValueError("broken")
    assert recorder.seen == [("timing", 1), "over"]


def test_what_runs_inside_reports_to_whoever_is_named():
    recorder = Recorder()
    with reporting_to(recorder), stage(current_progress(), "searching"):
        pass
    assert recorder.seen[0] == ("searching", 1)
    with stage(current_progress(), "outside"):
        pass
    assert ("outside", 1) not in recorder.seen

"""Stages that are reported while they last."""

import pytest

from openpot.progress import SilentProgress, stage


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

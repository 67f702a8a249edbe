"""Progress on standard error."""

import io
import itertools

import pytest

from openpot.progress import stage
from openpot.progress_display import LineProgress, default_progress, progress_on, shows_progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def play(progress):
    progress.start("calibration", 4)
    for _ in range(4):
        progress.advance()
    progress.finish()


def test_a_pipe_gets_two_plain_lines_with_the_duration():
    clock = iter([10.0, 12.5])
    lines = []
    play(LineProgress(lines.append, lambda: next(clock)))
    assert lines == ["calibration: 4 steps\n", "calibration: 4 done in 2.5 s\n"]


def test_a_stage_of_one_step_counts_no_steps():
    lines = []
    with stage(LineProgress(lines.append, clock=itertools.count().__next__), "timing"):
        pass
    assert lines == ["timing...\n", "timing: done in 1.0 s\n"]


def test_each_stage_counts_its_own_steps():
    lines = []
    progress = LineProgress(lines.append, lambda: 0.0)
    play(progress)
    progress.start("check", 2)
    progress.advance(2)
    progress.finish()
    assert lines[2:] == ["check: 2 steps\n", "check: 2 done in 0.0 s\n"]


def test_no_control_characters_reach_a_pipe():
    stream = io.StringIO()
    with progress_on(stream) as progress:
        play(progress)
    assert stream.getvalue().startswith("calibration: 4 steps\n")
    assert "\x1b" not in stream.getvalue()


def test_a_terminal_gets_a_bar():
    stream = Terminal()
    with progress_on(stream) as progress:
        play(progress)
    assert "calibration" in stream.getvalue()
    assert "4/4" in stream.getvalue()


def test_an_error_passes_through_and_ends_the_bar():
    stream = Terminal()
    with pytest.raises(ValueError, match="stop"), progress_on(stream) as progress:
        progress.start("calibration", 4)
        raise ValueError("stop")
    assert "\x1b[?25h" in stream.getvalue(), "the cursor is shown again"


class Recorder:
    def start(self, stage, total):
        """Nothing."""


def test_without_a_terminal_nothing_is_shown_by_default(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    with default_progress(None) as progress:
        play(progress)
    assert stream.getvalue() == ""


def test_on_a_terminal_bars_are_the_default_and_a_display_of_the_program_silences_them(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    with default_progress(None) as progress:
        play(progress)
    assert "calibration" in stream.getvalue()


def test_what_the_caller_gives_is_used():
    given = Recorder()

    @shows_progress
    def work(number, progress=None):
        return number, progress

    assert work(3, progress=given) == (3, given)
    assert work(3)[1] is not None
    assert work.__name__ == "work"

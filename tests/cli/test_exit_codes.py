"""Errors of commands: the message, the exit code, the traceback on request."""

import signal
import subprocess
import sys

import pytest
import typer

from openpot.cli.exit_codes import end_on_sigterm, interrupts_say, readable_errors
from openpot.errors import (
    AlreadyQuantizedError,
    ConfigError,
    DataError,
    DeviceError,
    EngineError,
    MetricError,
    MissingExtraError,
    MissingFileError,
    ModelError,
    UnknownNameError,
)


def end_of(error, debug=False):
    with pytest.raises(typer.Exit) as stop, readable_errors(debug):
        raise error
    return stop.value.exit_code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("x"), 2),
        (UnknownNameError("x"), 2),
        (DeviceError("x"), 2),
        (MissingExtraError("x"), 2),
        (DataError("x"), 4),
        (MetricError("x"), 4),
        (ModelError("x"), 5),
        (AlreadyQuantizedError("x"), 5),
        (EngineError("x"), 5),
        (MissingFileError("x"), 6),
        (KeyboardInterrupt(), 130),
        (ZeroDivisionError("x"), 1),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else str(value),
)
def test_every_kind_of_error_has_its_exit_code(error, code):
    assert end_of(error) == code


def test_an_error_is_one_message_without_a_traceback(capsys):
    end_of(DataError("sample 3: the shape is (2,), expected (3,)"))
    printed = capsys.readouterr()
    assert printed.err == "error: sample 3: the shape is (2,), expected (3,)\n"
    assert printed.out == ""


def test_debug_shows_the_traceback_and_keeps_the_exit_code(capsys):
    assert end_of(DataError("sample 3"), debug=True) == 4
    printed = capsys.readouterr().err
    assert "Traceback" in printed
    assert printed.endswith("error: sample 3\n")


def test_a_fault_of_our_own_is_called_one_and_points_to_debug(capsys):
    end_of(ZeroDivisionError("division by zero"))
    assert (
        capsys.readouterr().err
        == "error in openpot itself: ZeroDivisionError: division by zero (--debug shows where)\n"
    )


def test_an_interrupt_says_what_lies_on_disk_where_that_is_known(capsys):
    assert end_of(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == "interrupted\n"
    for inner, expected in ((None, "nothing was written"), ("half of it was", "half of it was")):
        with pytest.raises(typer.Exit), readable_errors(debug=False), interrupts_say("nothing was written"):
            raise KeyboardInterrupt(*filter(None, [inner]))
        assert capsys.readouterr().err == f"interrupted: {expected}\n"


def test_an_exit_of_the_command_itself_passes_through():
    assert end_of(typer.Exit(3)) == 3


def test_what_goes_well_is_left_alone(capsys):
    with readable_errors(debug=False):
        pass
    assert capsys.readouterr().err == ""


def test_sigterm_ends_a_command_as_an_interrupt_does_with_its_own_code(capsys):
    before = signal.getsignal(signal.SIGTERM)
    try:
        end_on_sigterm()
        with pytest.raises(typer.Exit) as ended, readable_errors(debug=False), interrupts_say("nothing was written"):
            # Not sent to this process: libraries of other tests leave it a stack for signals that is gone.
            signal.getsignal(signal.SIGTERM)(signal.SIGTERM, None)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert ended.value.exit_code == 143
    assert capsys.readouterr().err == "ended: nothing was written\n"


ENDED = """
import os, signal, sys, typer
from openpot.cli.exit_codes import end_on_sigterm, interrupts_say, readable_errors
end_on_sigterm()
try:
    with readable_errors(debug=False), interrupts_say("nothing was written"):
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()
except typer.Exit as ending:
    sys.exit(ending.exit_code)
"""


def test_a_process_ends_so():
    done = subprocess.run([sys.executable, "-c", ENDED], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (143, "ended: nothing was written\n")

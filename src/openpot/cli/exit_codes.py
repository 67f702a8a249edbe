"""What a command does with an error: one readable message and a documented exit code, never a traceback.

===  =====================================
0    done
1    a fault in openpot itself
2    usage or configuration
3    done, but a target that was set is not met
4    data or metric
5    model
6    files
7    done, but the result is not to be used: the device computes it wrongly
130  interrupted
143  ended by SIGTERM
===  =====================================
"""

from __future__ import annotations

import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import typer

from openpot.cli.messages import write_message
from openpot.errors import OpenPotError, OutOfMemoryError
from openpot.memory_errors import REMEDY, is_out_of_memory

INTERRUPTED = 130
TERMINATED = 143
TARGET_NOT_MET = 3
NOT_TO_BE_USED = 7


class Terminated(KeyboardInterrupt):
    """SIGTERM: the run ends as after Ctrl-C, with another exit code."""


def end_on_sigterm() -> None:
    """Let SIGTERM, which schedulers of jobs send before they kill, end the process as Ctrl-C does."""

    def terminate(number: int, frame: FrameType | None) -> NoReturn:
        del number, frame
        raise Terminated

    signal.signal(signal.SIGTERM, terminate)


@contextmanager
def readable_errors(debug: bool, single_code: int | None = None) -> Iterator[None]:
    """Turn whatever goes wrong inside into a message on standard error and an exit code.

    Args:
        debug: show the traceback first.
        single_code: the exit code of all errors, for a command that does not tell them apart.

    Raises:
        typer.Exit: something went wrong.
    """
    try:
        yield
    except typer.Exit:
        raise
    except KeyboardInterrupt as interrupt:
        ending, code = ("ended", TERMINATED) if isinstance(interrupt, Terminated) else ("interrupted", INTERRUPTED)
        raise make_exit(f"{ending}{f': {interrupt}' if str(interrupt) else ''}", code) from None
    except OpenPotError as error:
        show_traceback_if(debug)
        raise make_exit(f"error: {error}", single_code or error.exit_code) from None
    except Exception as error:
        show_traceback_if(debug)
        if is_out_of_memory(error):
            code = single_code or OutOfMemoryError.exit_code
            raise make_exit(f"error: not enough memory: {error}; {REMEDY}", code) from None
        hint = "" if debug else " (--debug shows where)"
        raise make_exit(f"error in openpot itself: {type(error).__name__}: {error}{hint}", 1) from None


@contextmanager
def interrupts_say(state: str) -> Iterator[None]:
    """An interrupt in this block tells what lies on disk, unless it comes from a place that knows better."""
    try:
        yield
    except KeyboardInterrupt as interrupt:
        raise type(interrupt)(str(interrupt) or state) from None


def make_exit(message: str, exit_code: int) -> typer.Exit:
    """Write ``message`` to standard error and return the exception that ends the command."""
    write_message(message)
    return typer.Exit(exit_code)


def show_traceback_if(debug: bool) -> None:
    """Write the traceback of the exception that is being handled to standard error."""
    if debug:
        traceback.print_exc(file=sys.stderr)

"""Stages of a run that its result does not depend on: a failure costs what the stage would have found, nothing else."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from openpot.errors import OpenPotError, StageFailedWarning

logger = logging.getLogger(__name__)

_SHOWN_LINES = 3
_SHOWN_LENGTH = 400


@contextmanager
def optional_stage(stage: str, consequence: str, fatal: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Go on after whatever goes wrong inside, with a :class:`StageFailedWarning`.

    Args:
        stage: what is done, as the subject of a sentence: ``timing the models``.
        consequence: how the run goes on without it, as a sentence without a full stop.
        fatal: exceptions that end the run all the same.
    """
    try:
        yield
    except fatal:
        raise
    except Exception as error:
        logger.debug("%s failed", stage, exc_info=True)
        warnings.warn(StageFailedWarning(stage, format_reason(error), consequence), stacklevel=3)


def format_reason(error: BaseException) -> str:
    """What an exception says, on one line; errors that are not openpot's own with their class."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = " ".join(lines[:_SHOWN_LINES])
    shown = text if len(text) <= _SHOWN_LENGTH else text[:_SHOWN_LENGTH] + "..."
    if isinstance(error, OpenPotError):
        return shown
    return f"{type(error).__name__}: {shown}" if shown else type(error).__name__

"""Every exception and warning of openpot.

::

    OpenPotError (Exception)                     exit code
    ├── ConfigError (ValueError, RuntimeError)   2   what the user asked for cannot be done
    │   ├── UnknownNameError (KeyError)          2   an algorithm, parameter or preset that does not exist
    │   └── DeviceError (RuntimeError)           2   a device that is not there
    ├── DataError (ValueError)                   4   a sample of the data set is unusable
    ├── MetricError (ValueError)                 4   a metric does not keep its contract
    ├── ModelError (ValueError)                  5   the model cannot be read, changed or run
    │   └── AlreadyQuantizedError                5   the model holds FakeQuantize operations already
    ├── EngineError (RuntimeError)               5   inference was asked for in a state that does not allow it
    ├── AlgorithmError (RuntimeError)            5   an algorithm of a user's does not keep its contract
    ├── OutOfMemoryError (MemoryError)           5   a stage needs more memory than there is
    ├── FileError (OSError)                      6   something on disk is missing or not writable
    │   ├── MissingFileError (FileNotFoundError) 6   a model, weights or data file that does not exist
    │   └── NotWritableError (PermissionError)   6   a folder that takes no files
    ├── MissingExtraError (ImportError)          2   an optional dependency is not installed
    └── AbsentNameError (ImportError)            2   a name of POT that openpot does not provide

    OpenPotWarning (UserWarning)                     work goes on, but the user should know
    └── StageFailedWarning                           a stage failed that the result does not depend on
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class OpenPotError(Exception):
    """Root of every error that openpot raises on purpose."""

    exit_code = 1

    def __str__(self) -> str:
        # KeyError would show the repr of the message.
        return str(self.args[0]) if len(self.args) == 1 else Exception.__str__(self)


class ConfigError(OpenPotError, ValueError, RuntimeError):
    """What the user asked for is not possible or contradicts itself (POT raised RuntimeError for it)."""

    exit_code = 2


class UnknownNameError(ConfigError, KeyError):
    """A name (algorithm, parameter, preset, node) that does not exist; the message names the nearest valid one."""


class DeviceError(ConfigError):
    """The device that should calibrate is not on this machine."""


class DataError(OpenPotError, ValueError):
    """A sample of the data set cannot be used; the message names its number."""

    exit_code = 4


class MetricError(OpenPotError, ValueError):
    """A metric returned something that its contract does not allow."""

    exit_code = 4


class ModelError(OpenPotError, ValueError):
    """The model cannot be read, changed or run."""

    exit_code = 5


class AlreadyQuantizedError(ModelError):
    """The model is quantized already."""


class EngineError(OpenPotError, RuntimeError):
    """Inference was asked for before a model was set, or failed while running."""

    exit_code = 5


class AlgorithmError(OpenPotError, RuntimeError):
    """An algorithm of a user's raised, or returned something that its contract does not allow."""

    exit_code = 5


class OutOfMemoryError(OpenPotError, MemoryError):
    """A stage of a run needs more memory than there is; the message says which, and what to do.

    Attributes:
        has_stage: whether the message names the stage already.
    """

    exit_code = 5
    has_stage = False


class FileError(OpenPotError, OSError):
    """A file or folder cannot be read or written."""

    exit_code = 6


class MissingFileError(FileError, FileNotFoundError, RuntimeError):
    """A file that should be there is not (POT raised RuntimeError for it)."""


class NotWritableError(FileError, PermissionError):
    """A folder cannot be made or takes no files (POT raised PermissionError for it)."""


class MissingExtraError(OpenPotError, ImportError):
    """An optional dependency is needed and not installed."""

    exit_code = 2


class AbsentNameError(OpenPotError, ImportError):
    """A name of POT that openpot does not provide; the message says why and what to use instead."""

    exit_code = 2


class OpenPotWarning(UserWarning):
    """Work goes on, but the user should know."""


class StageFailedWarning(OpenPotWarning):
    """A stage of a run failed that the result does not depend on: the run went on with what is known.

    Attributes:
        stage: what was done.
        reason: why it failed.
    """

    def __init__(self, stage: str, reason: str, consequence: str) -> None:
        super().__init__(f"{stage} failed: {reason}. {consequence}")
        self.stage, self.reason = stage, reason


MIN_PART = 2
"""Longer names are recognised as part of a valid one: ``name`` of ``model_name``."""


def suggest_nearest_name(name: str, valid: Iterable[str]) -> str:
    """A sentence ``did you mean 'x'?`` for the nearest valid name, or the list of valid names."""
    names = sorted(set(valid))
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if not close:
        lowered = {candidate.lower(): candidate for candidate in names}
        close = [lowered[match] for match in difflib.get_close_matches(name.lower(), list(lowered), n=1, cutoff=0.6)]
    if not close and len(name) > MIN_PART:
        close = [candidate for candidate in names if name.lower() in candidate.lower()]
    if len(close) == 1:
        return f"did you mean {close[0]!r}?"
    shown = ", ".join(names[:20]) + (", ..." if len(names) > 20 else "")
    return f"valid names: {shown}" if names else "there are no valid names here"


def suggest_close_name(name: str, valid: Iterable[str]) -> str:
    """``; did you mean 'x'?`` after a sentence, or nothing if no valid name is near."""
    hint = suggest_nearest_name(name, valid)
    return f"; {hint}" if hint.startswith("did you mean") else ""

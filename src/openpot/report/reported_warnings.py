"""The warnings of a run for its record."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from openpot.errors import OpenPotWarning, StageFailedWarning
from openpot.report.records import FailedStage


@dataclass
class ReportedWarnings:
    """What was warned of.

    Attributes:
        texts: of openpot's warnings.
        failed_stages: stages that failed without ending the run.
    """

    texts: list[str] = field(default_factory=list)
    failed_stages: list[FailedStage] = field(default_factory=list)


@contextmanager
def reported_warnings() -> Iterator[ReportedWarnings]:
    """Collect openpot's warnings; at the end all warnings are given to Python as usual."""
    reported = ReportedWarnings()
    caught: list[warnings.WarningMessage] = []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", OpenPotWarning)
            yield reported
    finally:
        messages = [entry.message for entry in caught]
        reported.texts += [str(message) for message in messages if isinstance(message, OpenPotWarning)]
        failed = (message for message in messages if isinstance(message, StageFailedWarning))
        reported.failed_stages += [FailedStage(stage.stage, stage.reason) for stage in failed]
        for entry in caught:
            warnings.warn_explicit(entry.message, entry.category, entry.filename, entry.lineno)

"""What holds for every run: slow samples are named, and missing memory is an error that says at which stage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from openpot.data.watched_samples import watched_samples
from openpot.memory_errors import memory_errors_at
from openpot.progress import StageMemory

if TYPE_CHECKING:
    from openpot.progress import Progress


@contextmanager
def watched_run(progress: Progress | None = None, sample_timeout: float | None = None) -> Iterator[StageMemory]:
    """Watch over a run; yields the progress that its stages are to be reported to.

    Args:
        progress: who is informed of them.
        sample_timeout: seconds after which a sample that is being loaded is given up; None for no limit.

    Raises:
        DataError: a sample took longer than its limit.
        OutOfMemoryError: a stage needs more memory than there is.
    """
    stages = StageMemory(progress)
    with memory_errors_at(lambda: stages.stage), watched_samples(sample_timeout):
        yield stages

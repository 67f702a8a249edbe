"""Errors of missing memory, from Python or from the runtime, as one error that says where and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from openpot.errors import OutOfMemoryError

_SIGNS = (
    "bad_alloc",
    "bad array new length",
    "cannot allocate memory",
    "out of memory",
    "unable to allocate",
    "can't alloc",
    "start new thread",
    "failed to map segment",
)
_MOST_CAUSES = 10
REMEDY = (
    "free memory or raise its limit (ulimit -v, the limit of the container), or ask for less: fewer samples "
    "(subset_size), fewer inferences at once (OMP_NUM_THREADS, or stat_requests_number of an engine), smaller inputs"
)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error, or what it came from, says that memory could not be had."""
    cause: BaseException | None = error
    for _ in range(_MOST_CAUSES):
        if cause is None:
            return False
        if isinstance(cause, MemoryError):
            return True
        text = str(cause).lower()
        kinds = RuntimeError | ValueError | OSError | ImportError
        if isinstance(cause, kinds) and any(sign in text for sign in _SIGNS):
            return True
        cause = cause.__cause__
    return False


@contextmanager
def memory_errors_at(describe_stage: Callable[[], str]) -> Iterator[None]:
    """Turn errors of missing memory into one that names the stage.

    Args:
        describe_stage: what was done, as in ``collecting statistics``; asked when it went wrong.

    Raises:
        OutOfMemoryError: memory could not be had inside.
    """
    try:
        yield
    except Exception as error:
        if not is_out_of_memory(error) or getattr(error, "has_stage", False):
            raise
        reason = " ".join(str(error).split()[:60]) or type(error).__name__
        explained = OutOfMemoryError(f"not enough memory while {describe_stage()}: {reason}; {REMEDY}")
        explained.has_stage = True
        raise explained from error

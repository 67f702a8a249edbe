"""What all checks of contracts share: faults are gathered, and raised together at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from openpot.data.array_from import is_array_like, to_array
from openpot.errors import OpenPotError


class ContractError(OpenPotError, AssertionError):
    """A plug-in does not keep its contract; the message lists every fault."""

    exit_code = 2


class Faults:
    """Gathers what is wrong with a plug-in.

    Args:
        subject: the plug-in.
    """

    def __init__(self, subject: Any) -> None:
        self._name = type(subject).__name__
        self._faults: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._faults)

    def add(self, text: str) -> None:
        """Something is wrong."""
        if text not in self._faults:
            self._faults.append(text)

    def require(self, is_right: bool, text: str) -> bool:
        """Something is wrong unless ``is_right``, which is returned."""
        if not is_right:
            self.add(text)
        return is_right

    @contextmanager
    def unless_raised(self, what: str) -> Iterator[None]:
        """Whatever is raised inside is a fault of ``what``."""
        try:
            yield
        except Exception as error:
            self.add(f"{what} raised {type(error).__name__}: {error}")

    def conclude(self) -> None:
        """Raise what was gathered.

        Raises:
            ContractError: something was.
        """
        if not self._faults:
            return
        listed = "\n".join(f"  {number}. {fault}" for number, fault in enumerate(self._faults, 1))
        raise ContractError(f"{self._name} does not keep its contract:\n{listed}")


def is_equal(first: Any, second: Any) -> bool:
    """Whether two values hold the same, arrays bit for bit (NaN equals NaN)."""
    if is_array_like(first) and is_array_like(second):
        left, right = to_array(first), to_array(second)
        if left.shape != right.shape or left.dtype != right.dtype:
            return False
        return bool(np.array_equal(left, right, equal_nan=left.dtype.kind in "fc"))
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return first.keys() == second.keys() and all(is_equal(first[key], second[key]) for key in first)
    if isinstance(first, list | tuple) and isinstance(second, list | tuple):
        return len(first) == len(second) and all(map(is_equal, first, second))
    if type(first) is not type(second):
        return False
    if getattr(type(first), "__eq__", None) is getattr(object, "__eq__"):  # noqa: B009  mypy knows better
        return True  # objects that can only be compared by identity: nothing can be said about them
    return bool(first == second)


def is_close(first: Any, second: Any) -> bool:
    """Whether two numbers or arrays are the same but for rounding."""
    try:
        left, right = np.asarray(first, np.float64), np.asarray(second, np.float64)
        return left.shape == right.shape and bool(np.allclose(left, right, rtol=1e-5, atol=1e-9, equal_nan=True))
    except (TypeError, ValueError):
        return is_equal(first, second)

"""Are the values of an array what an input can take: numbers of the right kind, all finite?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from openpot.data.input_description import InputDescription
from openpot.errors import DataError
from openpot.typing_aliases import Array

_KIND_WORDS = {"O": "Python objects", "c": "complex numbers", "U": "text", "S": "bytes", "M": "dates", "m": "durations"}


@dataclass(frozen=True)
class ValueRange:
    """Smallest and largest value of an array."""

    low: float
    high: float

    @property
    def magnitude(self) -> float:
        """Largest absolute value."""
        return max(abs(self.low), abs(self.high))

    @property
    def is_flat(self) -> bool:
        """Whether all values are equal, or too small for float32 to tell them apart without denormal numbers."""
        return self.high - self.low < float(np.finfo(np.float32).tiny)


def find_value_range(array: Array, where: str) -> ValueRange:
    """Range of a non-empty array of any shape; both passes are vectorised, and any NaN or Inf shows up in the result.

    Raises:
        DataError: a value is NaN or infinite; the message counts and locates them.
    """
    with np.errstate(invalid="ignore"):
        low, high = float(array.min()), float(array.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        raise DataError(f"{where}: {_describe_non_finite(array)}; mend this sample or leave it out")
    return ValueRange(low, high)


def _describe_non_finite(array: Array) -> str:
    bad = ~np.isfinite(array)
    count, first = int(bad.sum()), tuple(int(i) for i in np.unravel_index(int(bad.argmax()), array.shape))
    kinds = " and ".join(
        name for name, test in (("NaN", np.isnan), ("infinite", np.isinf)) if bool(np.asarray(test(array)).any())
    )
    return f"expected finite numbers, got {count} of {array.size} that are {kinds}, the first at index {first}"


def check_kind(array: Array, description: InputDescription, where: str) -> Array:
    """``array`` with a dtype that NumPy can calculate with.

    Raises:
        DataError: text, objects or complex numbers for an input that takes numbers, or the reverse.
    """
    if description.is_string:
        if array.dtype.kind in "UST" or (array.dtype.kind == "O" and all(isinstance(x, str) for x in array.flat)):
            return array
        raise DataError(f"{where}: expected text, got {array.dtype}")
    if array.dtype.kind in "fiub":
        return array
    if array.dtype.name.startswith(("bfloat", "float8")):  # types that other packages register with NumPy
        return array.astype(np.float32)
    given = _KIND_WORDS.get(array.dtype.kind, "values of an unknown kind")
    hint = "; are its rows of unequal length?" if array.dtype.kind == "O" else ""
    raise DataError(f"{where}: expected numbers ({description.element_type}), got {given} (dtype {array.dtype}){hint}")


def changes_kind(array: Array, description: InputDescription) -> bool:
    """Whether integers are fed to an input of real numbers (often a forgotten normalisation)."""
    return description.is_float and array.dtype.kind in "iub"


def cast_values(array: Array, description: InputDescription, value_range: ValueRange | None, where: str) -> Array:
    """``array`` in the element type of the input; the array itself if it has it already.

    Args:
        array: numbers of any shape.
        description: the input.
        value_range: range of the values, None if it was not needed.
        where: sample and input, for messages.

    Raises:
        DataError: a value does not survive the conversion.
    """
    target = description.dtype
    if target is None or array.dtype == target:
        return array
    if target.kind == "f":
        limit = float(np.finfo(target).max)
        if value_range is not None and value_range.magnitude > limit:
            raise DataError(
                f"{where}: the value {value_range.magnitude:g} is larger than {description.element_type} can hold"
            )
        return array.astype(target)
    if array.dtype.kind == "f" and not np.array_equal(array, np.rint(array)):
        raise DataError(
            f"{where}: expected whole numbers ({description.element_type}), got fractions (dtype {array.dtype})"
        )
    if target.kind in "iu" and value_range is not None:
        limits = np.iinfo(target)
        if value_range.low < limits.min or value_range.high > limits.max:
            worst = value_range.low if value_range.low < limits.min else value_range.high
            raise DataError(f"{where}: the value {worst:g} does not fit {description.element_type}")
    return array.astype(target)

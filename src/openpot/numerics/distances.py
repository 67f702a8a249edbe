"""How far a candidate output is from its reference.

Where the reference is not finite (a mask of minus infinity) the candidate must hold the same value, and the place is
otherwise left out. Any other value that is not finite makes the distance infinite: a broken candidate never looks good.
"""

from __future__ import annotations

import numpy as np

from openpot.errors import DataError
from openpot.typing_aliases import Array


def mse(reference: Array, candidate: Array) -> float:
    """Mean squared difference of two arrays of one shape.

    Raises:
        DataError: the shapes differ or there are no elements.
    """
    expected, error = _compared(reference, candidate)
    return _energy(error) / max(int(np.isfinite(expected).sum()), 1)


def sqnr_db(reference: Array, candidate: Array) -> float:
    """Signal to quantization noise in decibel, ``10 log10(sum reference**2 / sum error**2)``; infinite if equal.

    The arrays have one shape, whichever it is.

    Raises:
        DataError: the shapes differ or there are no elements.
    """
    expected, error = _compared(reference, candidate)
    ratio = _quotient(_energy(error), _energy(expected[np.isfinite(expected)]))
    return float("inf") if ratio == 0 else float(-10 * np.log10(ratio))


def cosine_distance(reference: Array, candidate: Array) -> float:
    """One minus the cosine of the angle between two arrays of one shape: 0 same direction, 1 orthogonal, 2 opposite.

    Two zero arrays have distance 0; a zero array has distance 1 from any other.

    Raises:
        DataError: the shapes differ or there are no elements.
    """
    expected, error = _compared(reference, candidate)
    if not np.isfinite(error).all():
        return float("inf")
    finite = np.isfinite(expected)
    first, second = (_direction(values[finite]) for values in (expected, np.asarray(candidate, np.float64)))
    if not first.any() or not second.any():
        return float(first.any() or second.any())
    # Half the squared chord: exact also for small angles, where one minus a cosine is all rounding.
    return min(_energy(first - second) / 2, 2.0)


def relative_error_across_items(reference: Array, candidate: Array) -> float:
    """Squared error relative to how much the reference varies from item to item.

    A component that is the same for every item carries no information, but it fills the signal of an SQNR and hides the
    error of the rest. 0 is exact; 1 is as bad as answering every item with the mean of all.

    Args:
        reference: shape ``(items, ...)``, at least two items.
        candidate: the same shape.

    Returns:
        Sum of squared errors over sum of squared deviations from the mean over items; infinite for an error in outputs
        that do not vary at all.

    Raises:
        DataError: the shapes differ, there are no elements, or fewer than two items.
    """
    expected, error = _compared(reference, candidate)
    if expected.ndim == 0 or len(expected) < 2:
        raise DataError(f"variation across items needs at least two of them on axis 0, given shape {expected.shape}")
    finite = np.isfinite(expected)
    values = np.where(finite, expected, 0.0)
    # From the first item: the mean of equal numbers is not exact, and would show a variation where there is none.
    offsets = np.where(finite, values - values[0], 0.0)
    mean = offsets.sum(axis=0) / np.maximum(finite.sum(axis=0), 1)
    return _quotient(_energy(error), _energy(np.where(finite, offsets - mean, 0.0)))


def _compared(reference: Array, candidate: Array) -> tuple[Array, Array]:
    """Reference and error as float64; an error that is not a number is infinite."""
    expected, given = np.asarray(reference, np.float64), np.asarray(candidate, np.float64)
    if expected.shape != given.shape or expected.size == 0:
        raise DataError(f"expected two arrays of one shape with elements, given {expected.shape} and {given.shape}")
    same = (expected == given) | (np.isnan(expected) & np.isnan(given))
    with np.errstate(invalid="ignore"):
        error = np.where(same, 0.0, given - expected)
    return expected, np.where(np.isnan(error), np.inf, error)


def _energy(values: Array) -> float:
    return float(np.square(values).sum())


def _direction(values: Array) -> Array:
    """The vector at unit length, a zero vector as it is; scaled first so that squares neither overflow nor vanish."""
    largest = np.abs(values).max(initial=0.0)
    if largest == 0:
        return values
    return np.asarray(values / largest / np.linalg.norm(values / largest))


def _quotient(error: float, scale: float) -> float:
    if error == 0:
        return 0.0
    return error / scale if scale > 0 else float("inf")

"""How much two outputs have in common as sets of rows, whatever the order and the number of rows."""

from __future__ import annotations

import numpy as np

from openpot.typing_aliases import Array

TOLERANCE = 0.1
"""Rows are partners if no column differs by more than this share of the column's standard deviation: an error of 0.1 of
the variation (20 dB) is what a quantized network that keeps its metric commonly has."""

CHUNK = 1 << 22
"""Differences that are held at once."""


def to_rows(output: Array) -> Array:
    """An output as rows: its last axis holds the columns; a vector or a number is one column."""
    values = np.asarray(output)
    return values.reshape(-1, 1) if values.ndim < 2 else values.reshape(-1, values.shape[-1])


def compute_unmatched_share(reference: Array, candidate: Array, scale: Array) -> float:
    """Share of the rows of both that have no partner in the other.

    Args:
        reference: shape ``(rows, columns)``.
        candidate: shape ``(other rows, columns)``.
        scale: standard deviation of each column; whole numbers have to be equal whatever it is.

    Returns:
        0 if each row has a partner (or there are no rows), 1 if none has.
    """
    total = len(reference) + len(candidate)
    if total == 0:
        return 0.0
    if not len(reference) or not len(candidate):
        return 1.0
    if reference.dtype.kind not in "fc":
        return 1 - 2 * _count_equal_rows(reference, candidate) / total
    lonely = _count_unmatched(reference, candidate, scale) + _count_unmatched(candidate, reference, scale)
    return lonely / total


def _count_equal_rows(reference: Array, candidate: Array) -> int:
    """Rows in common, counted as often as both hold them."""
    rows, number = np.unique(np.concatenate([reference, candidate]), axis=0, return_inverse=True)
    counts = [np.bincount(part, minlength=len(rows)) for part in np.split(number.reshape(-1), [len(reference)])]
    return int(np.minimum(*counts).sum())


def _count_unmatched(rows: Array, others: Array, scale: Array) -> int:
    """How many rows have no partner among the others."""
    limits = TOLERANCE * np.asarray(scale, np.float64)
    size = max(CHUNK // max(others.size, 1), 1)
    lonely = 0
    for start in range(0, len(rows), size):
        part = rows[start : start + size, np.newaxis]
        with np.errstate(invalid="ignore"):
            close = (np.abs(part.astype(np.float64) - others) <= limits) | (part == others)
        lonely += int((~close.all(axis=-1).any(axis=-1)).sum())
    return lonely

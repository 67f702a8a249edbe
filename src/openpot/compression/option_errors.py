"""How far off the weights of a tensor are in each of its options, by some of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from openpot.compression.code_weights import clipping_pays
from openpot.numerics.weight_grid import find_codes, fit_grid, restore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpot.compression.choose_formats import WeightChoice
    from openpot.compression.weight_source import WeightSource
    from openpot.typing_aliases import Array

SAMPLED_ROWS = 128
"""Rows that stand for all: errors of a tensor differ by less between them than between options."""


def compute_option_errors(
    source: WeightSource, options: Sequence[WeightChoice], strength: Array | None = None
) -> list[float]:
    """Squared error of the weights as a share of their squares, for each option, rounded to the nearest code.

    Args:
        source: of the weights.
        options: choices for them.
        strength: mean square of the input that each weight of a row is multiplied with; None where it is not known.
    """
    rows = source.sample_rows(SAMPLED_ROWS)
    counted = np.ones(rows.shape[1], np.float32) if strength is None else strength.astype(np.float32)
    total = float(np.einsum("rk,rk,k->", rows, rows, counted, dtype=np.float64))
    errors = []
    for option in options:
        stored = option.weight_format
        grouped = rows.reshape(len(rows), -1, option.group_size)
        grid = fit_grid(grouped, stored, searches=clipping_pays(stored))
        missed = (restore(find_codes(grouped, grid, stored), grid) - grouped).reshape(rows.shape)
        lost = float(np.einsum("rk,rk,k->", missed, missed, counted, dtype=np.float64))
        errors.append(lost / total if total else 0.0)
    return errors

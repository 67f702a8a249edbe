"""Codes of rows of weights by what they do to the outputs: which grid, and which codes on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from openpot.numerics.rounding_with_feedback import InputFactor, refit_scales, round_with_feedback
from openpot.numerics.weight_grid import WeightGrid, fit_grid, make_storable

if TYPE_CHECKING:
    from openpot.compression.choose_formats import WeightChoice
    from openpot.typing_aliases import Array


def code_rows(
    targets: Array, choice: WeightChoice, damped: Array, factor: InputFactor, half_scales: bool
) -> tuple[WeightGrid, Array]:
    """The grid and the codes of rows, each row by itself.

    Three grids are tried: the whole range of each group, that with the least error weighted by the strength of the
    inputs, and the better one of both with the scales that are best for its codes. Each row keeps the one with which
    its output changes least.

    Args:
        targets: float32, shape ``(rows, inputs)``.
        choice: format and group size.
        damped: moments of the inputs, shape ``(inputs, inputs)``.
        factor: of these.
        half_scales: whether scales are rounded to float16.

    Returns:
        The grid, and codes of shape ``(rows, groups, size)``.
    """
    stored = choice.weight_format
    grouped = targets.reshape(len(targets), -1, choice.group_size)
    strength = np.diagonal(damped).astype(np.float32).reshape(1, -1, choice.group_size)
    grid = fit_grid(grouped, stored, strength / strength.mean(), half_scales)
    codes, loss = round_with_feedback(targets, grid, stored, factor)

    def keep_better(other: WeightGrid) -> None:
        nonlocal grid, codes, loss
        other_codes, other_loss = round_with_feedback(targets, other, stored, factor)
        is_better = other_loss < loss
        grid = grid.merge_with(other, is_better[:, None, None])
        codes = np.where(is_better[:, None, None], other_codes, codes)
        loss = np.minimum(loss, other_loss)

    keep_better(fit_grid(grouped, stored, half_scales=half_scales, searches=False))
    keep_better(make_storable(refit_scales(targets, codes, grid, damped.astype(np.float32)), stored, half_scales))
    return grid, codes

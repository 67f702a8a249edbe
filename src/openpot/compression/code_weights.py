"""Weights coded without data: each row on its own, by the least squared error of the weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from openpot.numerics.weight_grid import WeightGrid, find_codes, fit_grid, fits_half_scales, restore
from openpot.rewrites.store_weights import CodedWeights
from openpot.weight_formats import WeightFormat

if TYPE_CHECKING:
    from openpot.compression.weight_source import WeightSource
    from openpot.compression.weight_tensors import WeightTensor
    from openpot.typing_aliases import Array

ROWS_VALUES = 2**20
"""Weights that are held in float32 at once, by each thread."""
_FOUR_BITS = 4


@dataclass(frozen=True, eq=False)
class CodingResult:
    """Coded weights, and what they lost.

    Attributes:
        coded: what is stored.
        error: squared error of the weights as a share of their squares.
    """

    coded: CodedWeights
    error: float


def code_weights(
    source: WeightSource, weights: WeightTensor, weight_format: WeightFormat, group_size: int
) -> CodingResult:
    """Code all rows of weights.

    Args:
        source: their values.
        weights: what they are.
        weight_format: how they are stored.
        group_size: weights that share a scale; divides the length of a row.

    Raises:
        ModelError: a weight is not a finite number.
    """
    groups = weights.row_length // group_size
    step, starts = _parts(source, weights)
    half = has_half_scales(source, weights, weight_format, group_size)
    codes = np.empty((source.num_rows, groups, group_size), np.uint8)
    grids, error, size = [], 0.0, 0.0
    for start in starts:
        rows = source.rows(start, start + step).reshape(-1, groups, group_size)
        grid = fit_grid(rows, weight_format, half_scales=half, searches=clipping_pays(weight_format))
        codes_of_rows = find_codes(rows, grid, weight_format)
        missed = restore(codes_of_rows, grid)
        missed -= rows
        error += _sum_squares(missed)
        size += _sum_squares(rows)
        codes[start : start + step] = pack_codes(codes_of_rows, weight_format)
        grids.append(grid)
    return CodingResult(
        code_with(weights, weight_format, codes, join_grids(grids), half), error / size if size else 0.0
    )


def has_half_scales(source: WeightSource, weights: WeightTensor, weight_format: WeightFormat, group_size: int) -> bool:
    """Whether the scales of all groups are stored in half precision; arguments as for :func:`code_weights`."""
    step, starts = _parts(source, weights)
    shape = (-1, weights.row_length // group_size, group_size)
    return all(fits_half_scales(source.rows(start, start + step).reshape(shape), weight_format) for start in starts)


def _parts(source: WeightSource, weights: WeightTensor) -> tuple[int, range]:
    """Rows that are worked on at once, and where such parts start."""
    step = max(1, ROWS_VALUES // weights.row_length)
    return step, range(0, source.num_rows, step)


def _sum_squares(values: Array) -> float:
    return float(np.einsum("rgk,rgk->r", values, values).sum(dtype=np.float64))


def clipping_pays(weight_format: WeightFormat) -> bool:
    """Whether the squared error of weights alone says which range is best for the outputs.

    With 4 bits it does not: on SmolLM2 the least error loses 0.54 in the divergence of the next token, the whole range
    of each group 0.41; on MiniLM and Whisper both are within 3 % of each other (``docs/weights.md``).
    """
    return weight_format.num_bits != _FOUR_BITS or weight_format.has_power_scales


def code_with(
    weights: WeightTensor, weight_format: WeightFormat, codes: Array, grid: WeightGrid, half_scales: bool
) -> CodedWeights:
    """Codes and their grid as they are stored."""
    zero_point = None if grid.zero_point is None else grid.zero_point.astype(np.uint8)
    return CodedWeights(weight_format, weights.shape, weights.axis, codes, grid.scale, zero_point, half_scales)


def pack_codes(codes: Array, weight_format: WeightFormat) -> Array:
    """Codes as :func:`find_codes` gives them as the bits that are stored, uint8."""
    if weight_format.values:
        ordered, stored = weight_format.ordered
        return np.asarray(stored[np.searchsorted(ordered, codes)])
    return codes.astype(np.int16).astype(np.uint8)


def join_grids(grids: list[WeightGrid]) -> WeightGrid:
    """The grid of all rows from those of parts of them."""
    scale = np.concatenate([grid.scale for grid in grids])
    if grids[0].zero_point is None:
        return WeightGrid(scale)
    return WeightGrid(scale, np.concatenate([grid.zero_point for grid in grids if grid.zero_point is not None]))

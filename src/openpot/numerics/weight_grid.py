"""Scales and zero points of weights that are stored in few bits, by the least squared error.

The first guess spreads the codes over the range of a group; then the range shrinks in steps, and for each step the
scale that is best for the codes found is computed in closed form (alternating least squares, as in Lin et al.,
"Fixed point quantization of deep convolutional networks", 2016, and in the scale search of "AWQ", Lin et al., 2023).
Errors may be weighted by how strong the input of each weight is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from openpot.typing_aliases import Array
from openpot.weight_formats import LARGEST_HALF, SMALLEST_HALF_SCALE, WeightFormat

SHRINKS = {2: (1.0, 0.8, 0.65, 0.5), 4: (1.0, 0.93, 0.86, 0.79, 0.7, 0.6), 8: (1.0, 0.9)}
"""Shares of the range that are tried, by bits: with few bits it is better to clip the largest weights of a group."""
FINE_BITS = 8
"""With so many bits, half a step at an end of the range is nothing."""
HALF_SPACING = 2.0**-24
"""The smallest number above zero of float16, and the distance of its smallest numbers."""
NEGLIGIBLE = 2.0**-12
"""Share of the usual range of a group below which an error of its weights is of no interest."""
BLOCK_VALUES = 2**17
"""Values that are worked on at once: they stay in the cache."""
MANY_VALUES = 16
"""Up to so many values, counting the midpoints below a number is faster than a binary search."""


@dataclass(frozen=True, eq=False)
class WeightGrid:
    """What the codes of the weights stand for: ``scale * (code - zero_point)``.

    Attributes:
        scale: float32, shape ``(rows, groups, 1)``; may be negative, never zero.
        zero_point: float32 whole numbers of the same shape; None for formats without.
    """

    scale: Array
    zero_point: Array | None = None

    def merge_with(self, other: WeightGrid, is_other: Array) -> WeightGrid:
        """The scales and zero points of ``other`` where that is asked for, else these."""
        scale = np.where(is_other, other.scale, self.scale)
        if self.zero_point is None or other.zero_point is None:
            return WeightGrid(scale)
        return WeightGrid(scale, np.where(is_other, other.zero_point, self.zero_point))

    def rows(self, chosen: slice) -> WeightGrid:
        """The grid of some rows."""
        zero_point = None if self.zero_point is None else self.zero_point[chosen]
        return WeightGrid(self.scale[chosen], zero_point)


def find_codes(weights: Array, grid: WeightGrid, weight_format: WeightFormat) -> Array:
    """The nearest code of each weight as float32: whole numbers, for float formats the value of the code.

    Args:
        weights: float32, shape ``(rows, groups, size)``.
        grid: of these rows.
        weight_format: what is stored.
    """
    scaled = weights / grid.scale
    if weight_format.values:
        return _nearest_value(scaled, weight_format.ordered[0])
    np.rint(scaled, out=scaled)
    if grid.zero_point is not None:
        scaled += grid.zero_point
    return np.clip(scaled, weight_format.lowest, weight_format.highest, out=scaled)


def _nearest_value(scaled: Array, values: Array) -> Array:
    """The nearest of a few ordered values; where these are many, by bisection."""
    middles = (values[1:] + values[:-1]) / 2
    if len(values) > MANY_VALUES:
        return np.asarray(values[np.searchsorted(middles, scaled)])
    place = np.zeros(scaled.shape, np.uint8)
    for middle in middles:
        place += scaled > middle
    return np.asarray(values[place])


def restore(codes: Array, grid: WeightGrid) -> Array:
    """The weights that codes stand for, of the same shape, float32."""
    shifted = codes if grid.zero_point is None else codes - grid.zero_point
    return np.asarray(shifted * grid.scale)


def fit_grid(
    weights: Array,
    weight_format: WeightFormat,
    importance: Array | None = None,
    half_scales: bool = True,
    searches: bool = True,
) -> WeightGrid:
    """The scales and zero points with the least (weighted) squared error among those that are tried.

    Args:
        weights: finite, float32, shape ``(rows, groups, size)``.
        weight_format: what is stored.
        importance: of the error of each weight, broadcast to ``weights``; None if all count alike.
        half_scales: whether scales are rounded to float16, as they are stored then.
        searches: whether the range may shrink; if not, the codes are spread over all of it, and the code that stands
            for zero alone is chosen.
    """
    if not searches and not weight_format.has_zero_point:
        whole = _spread_over_range(weights, weight_format)
        return make_storable(whole, weight_format, half_scales)
    rows = max(1, BLOCK_VALUES // max(1, weights[0].size))
    with np.errstate(over="ignore", invalid="ignore"):  # weights whose squares no float32 holds keep the whole range
        parts = [
            _fit_block(weights[start : start + rows], weight_format, importance, half_scales, searches)
            for start in range(0, len(weights), rows)
        ]
    scale = np.concatenate([part.scale for part in parts])
    if parts[0].zero_point is None:
        return WeightGrid(scale)
    return WeightGrid(scale, np.concatenate([part.zero_point for part in parts if part.zero_point is not None]))


def fits_half_scales(weights: Array, weight_format: WeightFormat) -> bool:
    """Whether float16 holds the scales of all groups.

    Below its normal numbers it loses digits, which matters only if the weights of such groups matter beside the others.

    Args:
        weights: shape ``(rows, groups, size)``.
        weight_format: what is stored.
    """
    if weight_format.has_power_scales:
        return False
    largest = np.maximum(weights.max(axis=-1), -weights.min(axis=-1)).astype(np.float64)
    steps = _num_steps(weight_format)
    usual = float(np.sqrt(np.square(largest).mean())) if largest.size else 0.0
    is_negligible = steps * HALF_SPACING <= NEGLIGIBLE * usual
    smallest = largest[largest > 0].min(initial=np.inf) / steps * min(SHRINKS[weight_format.num_bits]) / 2
    is_small_enough = largest.max(initial=0.0) / steps * 2 < LARGEST_HALF
    return bool(is_small_enough and (smallest >= SMALLEST_HALF_SCALE or is_negligible))


def _num_steps(weight_format: WeightFormat) -> float:
    if weight_format.values:
        return float(weight_format.ordered[0][-1])
    return weight_format.highest - weight_format.lowest if weight_format.has_zero_point else -weight_format.lowest


def _fit_block(
    weights: Array, weight_format: WeightFormat, importance: Array | None, half_scales: bool, searches: bool
) -> WeightGrid:
    first = _spread_over_range(weights, weight_format)
    tried = [make_storable(first, weight_format, half_scales)]
    if weight_format.has_zero_point and weight_format.num_bits < FINE_BITS:
        tried += _move_zero(first, weights, weight_format, half_scales)
    if searches:
        tried += _shrink(first, weights, weight_format, importance, half_scales)
    best, least = first, np.full(first.scale.shape, np.inf, np.float32)
    for candidate in tried:
        total = _sum_squared_errors(weights, candidate, weight_format, importance)
        best, least = best.merge_with(candidate, total < least), np.minimum(total, least)
    return best


def _sum_squared_errors(
    weights: Array, grid: WeightGrid, weight_format: WeightFormat, importance: Array | None
) -> Array:
    """Of each group, with the nearest codes; shape ``(rows, groups, 1)``."""
    scaled = weights * (1 / grid.scale)
    if weight_format.values:
        error = _nearest_value(scaled, weight_format.ordered[0])
    else:
        zero_point = 0 if grid.zero_point is None else grid.zero_point
        error = np.rint(scaled)
        np.clip(error, weight_format.lowest - zero_point, weight_format.highest - zero_point, out=error)
    error -= scaled
    weighted = error if importance is None else error * importance
    return np.asarray(np.einsum("rgk,rgk->rg", weighted, error)[..., None] * np.square(grid.scale))


def _shrink(
    whole: WeightGrid, weights: Array, weight_format: WeightFormat, importance: Array | None, half_scales: bool
) -> Iterator[WeightGrid]:
    """The range in steps, each followed by the scale and zero point that are best for its codes."""
    for shrink in SHRINKS[weight_format.num_bits]:
        shrunk = WeightGrid(whole.scale * np.float32(shrink), whole.zero_point)
        start = make_storable(shrunk, weight_format, half_scales)
        if shrink != 1:
            yield start
        refined = _refine(weights, find_codes(weights, start, weight_format), start, weight_format, importance)
        yield make_storable(refined, weight_format, half_scales)


def _move_zero(
    whole: WeightGrid, weights: Array, weight_format: WeightFormat, half_scales: bool
) -> Iterator[WeightGrid]:
    """The zero point rounded down and up, with a scale that covers both ends of the range.

    Rounded to the nearest, with the scale of the range, an end is clipped by up to half a step.
    """
    low, high = (np.asarray(end(weights, axis=-1, keepdims=True)) for end in (np.min, np.max))
    for towards in (np.floor, np.ceil):
        zero_point = np.clip(towards(-low / whole.scale), weight_format.lowest, weight_format.highest)
        above, below = weight_format.highest - zero_point, zero_point - weight_format.lowest
        scale = np.maximum(high / np.maximum(above, 0.5), -low / np.maximum(below, 0.5))
        covering = WeightGrid(np.where(scale > 0, scale, whole.scale).astype(np.float32), zero_point)
        yield make_storable(covering, weight_format, half_scales)


def _spread_over_range(weights: Array, weight_format: WeightFormat) -> WeightGrid:
    """The codes spread over the range of each group, zero included."""
    low, high = weights.min(axis=-1, keepdims=True), weights.max(axis=-1, keepdims=True)
    steps = np.float32(_num_steps(weight_format))
    if weight_format.has_zero_point:
        low, high = np.minimum(low, 0), np.maximum(high, 0)
        width = high / steps - low / steps  # the range itself may be larger than any float32
        scale = np.where(width > 0, width, 1).astype(np.float32)
        return WeightGrid(scale, np.clip(np.rint(-low / scale), weight_format.lowest, weight_format.highest))
    # The lowest code has no counterpart: it stands for the largest weight, whatever the sign of that is.
    largest = np.where(high > -low, high, low)
    scale = -largest / steps if not weight_format.values else np.abs(largest) / steps
    return WeightGrid(np.where(largest != 0, scale, 1).astype(np.float32))


def _refine(
    weights: Array, codes: Array, grid: WeightGrid, weight_format: WeightFormat, importance: Array | None
) -> WeightGrid:
    """The scale (and before it the zero point) with the least error for given codes."""
    weighted = codes if importance is None else codes * importance
    zero_point = grid.zero_point
    if zero_point is not None:
        zero_point = _best_zero_point(weights, codes, grid, importance)
        zero_point = np.clip(zero_point, weight_format.lowest, weight_format.highest)
        codes = codes - zero_point
        weighted = codes if importance is None else codes * importance
    products = np.einsum("rgk,rgk->rg", weighted, weights)[..., None]
    squares = np.einsum("rgk,rgk->rg", weighted, codes)[..., None]
    is_usable = (squares > 0) & (products != 0)
    scale = np.where(is_usable, products / np.where(is_usable, squares, 1), grid.scale)
    return WeightGrid(scale.astype(np.float32), zero_point)


def _best_zero_point(weights: Array, codes: Array, grid: WeightGrid, importance: Array | None) -> Array:
    """The code that stands for zero on the line that fits the weights best, as a whole number."""
    share = np.ones_like(weights) if importance is None else np.broadcast_to(importance, weights.shape)
    total = np.maximum(share.sum(axis=-1, keepdims=True), np.finfo(np.float32).tiny)
    mean_code = np.einsum("rgk,rgk->rg", share, codes)[..., None] / total
    mean_weight = np.einsum("rgk,rgk->rg", share, weights)[..., None] / total
    centred = (codes - mean_code) * share
    covariance = np.einsum("rgk,rgk->rg", centred, weights)[..., None]
    variance = np.einsum("rgk,rgk->rg", centred, codes)[..., None]
    is_usable = (variance > 0) & (covariance > 0)
    slope = np.where(is_usable, covariance / np.where(is_usable, variance, 1), grid.scale)
    return np.asarray(np.rint(mean_code - mean_weight / slope), np.float32)


def make_storable(grid: WeightGrid, weight_format: WeightFormat, half_scales: bool) -> WeightGrid:
    """The same grid with the nearest scales that the file can hold."""
    scale = grid.scale
    if weight_format.has_power_scales:
        exponent = np.clip(np.rint(np.log2(np.abs(scale))), -127, 127)
        scale = np.asarray(np.exp2(exponent), np.float32)
    elif half_scales:
        halves = np.asarray(scale.astype(np.float16), np.float32)
        scale = np.where(halves == 0, np.copysign(np.float32(HALF_SPACING), scale), halves)
    return WeightGrid(scale, grid.zero_point)

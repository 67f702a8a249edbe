"""Codes of weights, chosen one input at a time so that the outputs change least.

The error that rounding the weights of the inputs before has made in the outputs is corrected by the weight at hand, as
far as the inputs are correlated: Frantar et al., "GPTQ", 2023, in the form of Chee et al., "QuIP", 2023 (LDLQ), which
needs no inverse. With second moments ``H = M M^T`` of the inputs (``M`` upper triangular) and errors ``E`` the outputs
change by ``|E M|^2``, whose terms can be made small one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from openpot.numerics.weight_grid import WeightGrid, find_codes, restore
from openpot.typing_aliases import Array
from openpot.weight_formats import WeightFormat

DAMPING = 0.01
"""Added to the moments of each input, as a share of their mean (GPTQ's value): inputs that the data hardly excite count
a little, too."""
BLOCK = 64
"""Inputs between two products of matrices."""


@dataclass(frozen=True, eq=False)
class InputFactor:
    """Second moments of the inputs of a layer, taken apart.

    Attributes:
        order: inputs in the order of rounding, the strongest first.
        upper: float32, upper triangular: ``upper @ upper.T`` are the damped moments in that order.
    """

    order: Array
    upper: Array


def factor_moments(moments: Array) -> InputFactor:
    """Prepare moments for rounding.

    Args:
        moments: damped ``X^T X`` of the inputs ``X``, shape ``(inputs, inputs)``.
    """
    order = np.argsort(-np.diagonal(moments), kind="stable")
    damped = moments[np.ix_(order, order)]
    lower = np.linalg.cholesky(damped[::-1, ::-1])
    return InputFactor(order, lower[::-1, ::-1].astype(np.float32))


def round_with_feedback(
    weights: Array, grid: WeightGrid, weight_format: WeightFormat, factor: InputFactor
) -> tuple[Array, Array]:
    """The codes of rows, and by how much their outputs change.

    Args:
        weights: float32, shape ``(rows, inputs)``.
        grid: of the rows, with ``groups`` groups of neighbouring inputs.
        weight_format: what is stored.
        factor: of the inputs.

    Returns:
        Codes as :func:`openpot.numerics.weight_grid.find_codes` gives them, shape ``(rows, groups, size)``, and the sum
        of the squared errors of each row's output, damping included, shape ``(rows,)``.
    """
    rows, inputs = weights.shape
    groups = grid.scale.shape[1]
    size = inputs // groups
    # One input after the other: its numbers for all rows lie side by side.
    targets = np.ascontiguousarray(weights.T[factor.order])
    scales = np.ascontiguousarray(grid.scale[..., 0].T)
    zero_points = None if grid.zero_point is None else np.ascontiguousarray(grid.zero_point[..., 0].T)
    diagonal = np.diagonal(factor.upper)
    share = factor.upper / diagonal
    codes = np.empty((inputs, rows), np.float32)
    errors = np.empty((inputs, rows), np.float32)
    loss = np.zeros(rows)
    for start in range(0, inputs, BLOCK):
        stop = min(start + BLOCK, inputs)
        wanted = targets[start:stop] + share[:start, start:stop].T @ errors[:start]
        inner = np.ascontiguousarray(share[start:stop, start:stop].T)
        for place in range(start, stop):
            offset = place - start
            aim = wanted[offset]
            aim += inner[offset, :offset] @ errors[start:place]
            column = int(factor.order[place])
            group = column // size
            group_grid = WeightGrid(scales[group], None if zero_points is None else zero_points[group])
            codes[column] = find_codes(aim, group_grid, weight_format)
            given = restore(codes[column], group_grid)
            np.subtract(targets[place], given, out=errors[place])
            aim -= given
        wanted *= diagonal[start:stop, None]
        loss += np.einsum("ir,ir->r", wanted, wanted, dtype=np.float64)
    return np.ascontiguousarray(codes.T).reshape(rows, groups, size), loss


def refit_scales(weights: Array, codes: Array, grid: WeightGrid, moments: Array) -> WeightGrid:
    """The scales of all groups of a row that together lose least for given codes.

    The outputs are linear in the scales, so that each row is a small regression of ``groups`` unknowns.

    Args:
        weights: shape ``(rows, inputs)``.
        codes: shape ``(rows, groups, size)``.
        grid: what they stand for now.
        moments: damped, shape ``(inputs, inputs)``.
    """
    shifted = codes if grid.zero_point is None else codes - grid.zero_point
    rows, groups, size = shifted.shape
    normal = np.empty((rows, groups, groups))
    for number in range(groups):
        inside = slice(number * size, (number + 1) * size)
        products = (shifted[:, number] @ moments[inside]).reshape(rows, groups, size)
        normal[:, number] = np.einsum("rgk,rgk->rg", products, shifted)
    wanted = np.einsum("rgk,rgk->rg", (weights @ moments).reshape(rows, groups, size), shifted, dtype=np.float64)
    ridge = 1e-6 * np.einsum("rgg->rg", normal).max(axis=1, keepdims=True) + np.finfo(np.float32).tiny
    normal[:, np.arange(groups), np.arange(groups)] += ridge
    scale = np.linalg.solve(normal, (wanted + ridge * grid.scale[..., 0])[..., None])
    usable = np.isfinite(scale) & (scale != 0)
    return WeightGrid(np.where(usable, scale, grid.scale).astype(np.float32), grid.zero_point)

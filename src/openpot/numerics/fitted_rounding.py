"""Integers for the weights of a layer, chosen by what they do to its outputs instead of each to its nearest.

First the weights themselves are fitted to the quantized inputs by ridge regression, regularized towards what they were.
Then they are rounded one input at a time, and what rounding did to the outputs is taken back by the weights that are
still to be rounded, through the covariance of the inputs: Frantar et al., "GPTQ", 2023, after Hassibi and Stork's
"Optimal brain surgeon", 1993. Everything is in closed form.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from openpot.numerics.layer_moments import LayerMoments
from openpot.typing_aliases import Array

DAMPING = 0.01
"""Added to the variances of the inputs, as a share of their mean (GPTQ's value): keeps what data do not tell."""


@dataclass(frozen=True, eq=False)
class LevelGrid:
    """The levels of the filters, each end of shape ``(groups, 1, outputs)``: weight = low + level * step."""

    low: Array
    step: Array
    lowest: Array
    highest: Array

    def find_level(self, weights: Array) -> Array:
        """The nearest level, within ``lowest..highest``."""
        return np.clip(np.rint((weights - self.low) / self.step), self.lowest, self.highest)

    def to_weight(self, levels: Array) -> Array:
        """The weight of a level."""
        return np.asarray(self.low + levels * self.step)


def fit_weights(moments: LayerMoments, weights: Array, regularization: float = 0.0) -> Array:
    """Weights ``(groups, inputs, outputs)`` that give the wanted outputs, regularized towards ``weights``.

    Args:
        moments: of inputs and wanted outputs.
        weights: what they were.
        regularization: its strength besides the damping, as a share of the mean variance of the inputs.
    """
    damped = _damp(moments.covariance, DAMPING + regularization)
    missing = moments.cross_covariance - moments.covariance @ weights
    return np.asarray(weights + np.linalg.solve(damped, missing))


def round_weights(moments: LayerMoments, weights: Array, grid: LevelGrid, zeros: Array) -> Array:
    """Levels of ``weights``, each chosen so that the outputs stay; shape ``(groups, inputs, outputs)``.

    Args:
        moments: of the inputs.
        weights: shape ``(groups, inputs, outputs)``.
        grid: the levels.
        zeros: where weights are 0 and stay 0, the same shape.
    """
    spread = np.linalg.inv(_damp(moments.covariance, DAMPING))
    upper = np.swapaxes(np.linalg.cholesky((spread + np.swapaxes(spread, 1, 2)) / 2), 1, 2)
    left = np.array(weights, np.float64)
    levels = np.empty_like(left)
    zero = np.rint(-grid.low / grid.step)[:, 0]
    for place in range(left.shape[1]):
        column = left[:, place : place + 1]
        levels[:, place] = np.where(zeros[:, place], zero, grid.find_level(column)[:, 0])
        error = column[:, 0] - grid.to_weight(levels[:, place : place + 1])[:, 0]
        share = upper[:, place, place + 1 :] / upper[:, place, place, None]
        left[:, place + 1 :] -= share[:, :, None] * error[:, None, :]
    return levels


def _damp(covariance: Array, share: float) -> Array:
    size = covariance.shape[1]
    mean = np.trace(covariance, axis1=1, axis2=2) / size
    floor = np.maximum(share * mean, np.finfo(np.float32).tiny)
    return np.asarray(covariance + floor[:, None, None] * np.eye(size))

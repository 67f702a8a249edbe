"""What is left of pruned weights, fitted so that a layer gives what it gave: conjugate gradients on the survivors.

The error is that of the outputs for the inputs of the float network, a quadratic function of the weights. Hestenes and
Stiefel's method (1952) needs products with the covariance of the inputs alone, so that all filters, each with zeros of
its own, are fitted at once.
"""

from __future__ import annotations

import numpy as np

from openpot.numerics.fitted_rounding import DAMPING
from openpot.typing_aliases import Array


def fit_survivors(
    covariance: Array, original: Array, pruned: Array, iterations: int, regularization: float = 0.0
) -> Array:
    """Weights that are zero where ``pruned`` is and come as close to the outputs of ``original`` as ``iterations`` do.

    Args:
        covariance: of the inputs, shape ``(groups, inputs, inputs)``.
        original: weights, shape ``(groups, inputs, outputs)``.
        pruned: the same with zeros; where to begin.
        iterations: steps.
        regularization: towards the original weights, as a share of the mean variance of the inputs, added to
            ``DAMPING``.
    """
    kept = pruned != 0
    size = covariance.shape[1]
    floor = (DAMPING + regularization) * np.trace(covariance, axis1=1, axis2=2) / size
    damped = covariance + np.maximum(floor, np.finfo(np.float32).tiny)[:, None, None] * np.eye(size)
    fitted = np.asarray(pruned, np.float64)
    residual = np.where(kept, damped @ (original - fitted), 0.0)
    direction = residual.copy()
    energy = np.square(residual).sum(axis=1, keepdims=True)
    for _ in range(iterations):
        image = np.where(kept, damped @ direction, 0.0)
        curvature = (direction * image).sum(axis=1, keepdims=True)
        step = np.divide(energy, curvature, out=np.zeros_like(energy), where=curvature > 0)
        fitted = fitted + step * direction
        residual = residual - step * image
        new = np.square(residual).sum(axis=1, keepdims=True)
        direction = residual + np.divide(new, energy, out=np.zeros_like(new), where=energy > 0) * direction
        energy = new
    return fitted

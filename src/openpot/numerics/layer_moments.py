"""Sums of products of the inputs and the outputs of a layer: all that a linear regression needs to know of the data.

For inputs ``x`` and wanted outputs ``y`` the mean squared error of weights ``W`` and bias ``b`` is a function of the
means and covariances alone. So data are read once, in pieces, and any weights can be fitted and compared afterwards.
"""

from __future__ import annotations

import numpy as np

from openpot.typing_aliases import Array


class LayerMoments:
    """Running sums over rows, for each group of channels on its own.

    Args:
        groups: number of groups.
        inputs: values that a filter reads.
        outputs: filters of a group; 0 if only inputs are of interest.
    """

    def __init__(self, groups: int, inputs: int, outputs: int = 0) -> None:
        self.count = 0
        self._x, self._y = np.zeros((groups, inputs)), np.zeros((groups, outputs))
        self._xx, self._xy = np.zeros((groups, inputs, inputs)), np.zeros((groups, inputs, outputs))
        self._yy = np.zeros((groups, outputs))

    def add(self, rows: Array, wanted: Array | None = None) -> None:
        """Take in rows of shape ``(groups, rows, inputs)`` and what they should give, ``(groups, rows, outputs)``."""
        x = rows.astype(np.float64)
        self.count += x.shape[1]
        self._x += x.sum(axis=1)
        self._xx += np.swapaxes(x, 1, 2) @ x
        if wanted is not None:
            y = wanted.astype(np.float64)
            self._y += y.sum(axis=1)
            self._xy += np.swapaxes(x, 1, 2) @ y
            self._yy += np.square(y).sum(axis=1)

    @property
    def mean_input(self) -> Array:
        """Shape ``(groups, inputs)``."""
        return np.asarray(self._x / max(self.count, 1))

    @property
    def mean_output(self) -> Array:
        """Shape ``(groups, outputs)``."""
        return np.asarray(self._y / max(self.count, 1))

    @property
    def covariance(self) -> Array:
        """Of the inputs, shape ``(groups, inputs, inputs)``."""
        mean = self.mean_input
        return np.asarray(self._xx / max(self.count, 1) - mean[:, :, None] * mean[:, None, :])

    @property
    def cross_covariance(self) -> Array:
        """Of inputs and outputs, shape ``(groups, inputs, outputs)``."""
        return np.asarray(self._xy / max(self.count, 1) - self.mean_input[:, :, None] * self.mean_output[:, None, :])

    def compute_bias(self, weights: Array) -> Array:
        """The bias ``(groups, outputs)`` with which the mean error of weights ``(groups, inputs, outputs)`` is zero."""
        return np.asarray(self.mean_output - np.einsum("gk,gkn->gn", self.mean_input, weights))

    def compute_errors(self, weights: Array, bias: Array) -> Array:
        """Mean squared error of each output, shape ``(groups, outputs)``.

        Args:
            weights: shape ``(groups, inputs, outputs)``.
            bias: shape ``(groups, outputs)``.
        """
        covariance = self.covariance
        spread = self._yy / max(self.count, 1) - np.square(self.mean_output)
        spread = spread - 2 * np.einsum("gkn,gkn->gn", weights, self.cross_covariance)
        spread = spread + np.einsum("gkn,gkn->gn", weights, covariance @ weights)
        return np.asarray(np.maximum(spread, 0.0) + np.square(self.compute_bias(weights) - bias))

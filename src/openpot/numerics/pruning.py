"""Which weights are small enough to become zero: one threshold for all layers of a network.

Han et al., "Learning both Weights and Connections for Efficient Neural Networks", 2015: the smallest weights matter
least. Relative to the norm of their layer, the weights of small layers are larger, so that large layers, which have
more to spare, lose more.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from openpot.typing_aliases import Array


def compute_magnitudes(weights: Array, normed: bool) -> Array:
    """Sizes of the weights of a layer, relative to the norm of the layer if ``normed``; same shape, float32."""
    sizes = np.abs(np.asarray(weights, np.float32))
    flat = sizes.ravel().astype(np.float64)
    norm = float(np.sqrt(flat @ flat)) if normed else 1.0
    return np.asarray(sizes / np.float32(norm or 1.0))


def make_pruning_masks(layers: Sequence[Array], level: float, normed: bool = True) -> list[Array]:
    """For each layer a mask that is true where a weight stays.

    The share ``level`` of all weights that has the smallest sizes goes; equal sizes share their fate and stay, so that
    somewhat fewer may go. Zeros count as gone.

    Args:
        layers: weights of each layer, any shapes.
        level: wanted share of zeros over all layers, 0..1.
        normed: compare sizes relative to the norm of their layer.
    """
    sizes = [compute_magnitudes(weights, normed) for weights in layers]
    if not sizes:
        return []
    flat = np.concatenate([size.ravel() for size in sizes])
    gone = round(level * flat.size)
    if gone >= flat.size:
        return [np.zeros(size.shape, bool) for size in sizes]
    threshold = np.partition(flat, gone)[gone]
    return [np.asarray((size >= threshold) & (size > 0)) for size in sizes]

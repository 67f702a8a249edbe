"""Evening out the channels between two linear layers, before their activations are quantized with one range.

Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction", 2019, by measured quantiles: the
centre of each channel moves from the producer's bias into the consumer's, and channels are scaled to a common width,
the inverse going into the consumer's weights. With nothing but linear operations and no padding between, the network
computes what it did before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from openpot.errors import ModelError
from openpot.typing_aliases import Array

QUANTILE_LEVEL = 1e-4
"""Level of the lower quantile to collect; the upper one is ``1 - QUANTILE_LEVEL``."""

SMALLEST_SCALE, LARGEST_SCALE = 0.01, 100.0
"""Beyond these factors the consumer's weights would suffer more than the activations gain."""


@dataclass(frozen=True, eq=False)
class AlignedPair:
    """Weights and biases of producer and consumer after alignment, in the shapes and types that were given.

    ``centres`` and ``scales`` of shape ``(channels,)`` are what was moved; zeros and ones where nothing was.
    """

    producer_weights: Array
    producer_bias: Array | None
    consumer_weights: Array
    consumer_bias: Array | None
    centres: Array
    scales: Array


def compute_alignment_scales(low: Array, high: Array) -> Array:
    """Width of each channel relative to the median channel, cut to 0.01..100; 1 for channels that do not vary.

    Args:
        low: lower quantile, shape ``(channels,)``.
        high: upper quantile, shape ``(channels,)``.
    """
    width = np.asarray(high, np.float64) - low
    varying = width > 0
    if not varying.any():
        return np.ones_like(width)
    relative = width / np.median(width[varying])
    return np.asarray(np.where(varying, np.clip(relative, SMALLEST_SCALE, LARGEST_SCALE), 1.0))


def align_pair(
    producer: tuple[Array, Array | None],
    consumer: tuple[Array, Array | None],
    low: Array,
    high: Array,
    producer_axis: int = 0,
) -> AlignedPair:
    """Centre and scale the channels between two layers.

    The centre is moved only if both layers have a bias, because nothing else can carry it.

    Args:
        producer: weights and bias of the layer that makes the channels; bias of any shape that has ``channels``
            elements.
        consumer: weights of shape ``(outputs, channels, *kernel)`` and bias with ``outputs`` elements. Its convolution
            has one group and no padding.
        low: lower quantile of the producer's output with bias, shape ``(channels,)``.
        high: upper quantile likewise.
        producer_axis: axis of the producer's output channels in its weights.

    Raises:
        ModelError: the number of channels differs.
    """
    (weights, bias), (reader_weights, reader_bias) = producer, consumer
    channels = len(low)
    given = (weights.shape[producer_axis], reader_weights.shape[1])
    if given != (channels, channels):
        raise ModelError(f"expected {channels} channels at producer and consumer, given {given}")
    scales = compute_alignment_scales(low, high)
    centres = np.zeros(channels)
    if bias is not None and reader_bias is not None:
        centres = (np.asarray(low, np.float64) + high) / 2
        summed = reader_weights.astype(np.float64).reshape(*reader_weights.shape[:2], -1).sum(axis=2)
        reader_bias = _cast_like(reader_bias, reader_bias.ravel() + summed @ centres)
    along = np.ones(weights.ndim, int)
    along[producer_axis] = channels
    return AlignedPair(
        _cast_like(weights, weights / scales.reshape(along)),
        None if bias is None else _cast_like(bias, (bias.ravel() - centres) / scales),
        _cast_like(reader_weights, reader_weights * scales.reshape(1, -1, *[1] * (reader_weights.ndim - 2))),
        reader_bias,
        centres,
        scales,
    )


def _cast_like(original: Array, values: Array) -> Array:
    return np.asarray(values).reshape(original.shape).astype(original.dtype)

"""Splitting the input channels that hold the largest weights.

Zhao et al., "Improving Neural Network Quantization without Retraining using Outlier Channel Splitting", 2019.
A channel that is there twice, with half of the weight each time, contributes what it did; the largest weight, which
decides about the step of quantization, is half as large.
"""

from __future__ import annotations

import numpy as np

from openpot.typing_aliases import Array


def split_outlier_channels(weights: Array, count: int) -> tuple[Array, tuple[int, ...]]:
    """Split, ``count`` times, the channel that holds the largest magnitude.

    Weights of that channel above half of the maximum are halved, and their halves go into the new channel; smaller ones
    stay, with zeros in the new channel.

    Args:
        weights: shape ``(outputs, inputs, ...)``.
        count: how many channels are added.

    Returns:
        Weights of shape ``(outputs, inputs + count, ...)`` in the type of the old ones, and for each added channel the
        input (below ``inputs``) that it must be a copy of.
    """
    inputs = weights.shape[1]
    channels = [np.array(channel) for channel in np.moveaxis(weights, 1, 0)]
    origins = list(range(inputs))
    peaks = [float(np.abs(channel).max(initial=0.0)) for channel in channels]
    for _ in range(count):
        widest = int(np.argmax(peaks))
        whole = channels[widest]
        large = np.abs(whole) > peaks[widest] / 2
        half = np.where(large, whole / 2, 0).astype(weights.dtype)
        channels[widest] = whole - half
        channels.append(half)
        origins.append(origins[widest])
        peaks[widest] = float(np.abs(channels[widest]).max(initial=0.0))
        peaks.append(float(np.abs(half).max(initial=0.0)))
    return np.stack(channels, axis=1), tuple(origins[inputs:])

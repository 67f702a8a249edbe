"""Smoothing: channels of activations are divided by factors and the weights multiplied by them, before rounding.

Activations of transformers have a few channels that are far larger than the others and set the step of all of them.
Division by a factor for each channel moves some of that into the weights, where it costs less (Xiao et al.,
"SmoothQuant", 2023). Their exponent alpha says how much; here each group of products gets the one that leaves the least
noise at its outputs, as two independent roundings bring it, and none if the gain is small.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from openpot.typing_aliases import Array

ALPHAS = (0.25, 0.35, 0.5)
"""Half is where data and weights share the difficulty evenly. Beyond it all channels that were observed fill the range,
and data of another kind are clipped in many of them, which no calibration sample shows (``docs/accuracy.md``)."""
WORTHWHILE = 1.5
"""Noise has to fall by so many dB: less is within what the samples leave uncertain, and a multiplication costs time."""
ACTIVATION_STEPS, WEIGHT_STEPS = 255, 254


@dataclass(frozen=True, eq=False)
class ChannelStatistics:
    """What was observed of the channels of a tensor, each of shape ``(channels,)``.

    Attributes:
        low: smallest values.
        high: largest values.
        mean_square: means of the squares.
    """

    low: Array
    high: Array
    mean_square: Array


@dataclass(frozen=True, eq=False)
class Smoothing:
    """Factors of the channels, shape ``(channels,)``, with their exponent, and by how many dB the noise falls."""

    factors: Array
    alpha: float
    gain: float


def choose_smoothing(channels: ChannelStatistics, weights: Array) -> Smoothing | None:
    """The factors that leave the least noise at the outputs of products; None if they gain little.

    Channels that are smaller than the median count as large as it: they have nothing to move, and other samples may
    have larger values there.

    Args:
        channels: of the data.
        weights: of all products that read the data, shape ``(channels, outputs)``.
    """
    peaks = np.maximum(-channels.low, channels.high).astype(np.float64)
    peaks = np.maximum(peaks, np.median(peaks))
    largest = np.abs(weights).max(axis=1).astype(np.float64)
    if not (np.isfinite(peaks).all() and peaks.min() > 0 and largest.max() > 0):
        return None
    largest = np.maximum(largest, np.median(largest[largest > 0]))
    before = estimate_noise(channels, weights, np.ones(len(peaks)))
    best: Smoothing | None = None
    for alpha in ALPHAS:
        factors = peaks**alpha / largest ** (1 - alpha)
        factors = factors / np.exp(np.log(factors).mean())
        gain = 10 * np.log10(before / max(estimate_noise(channels, weights, factors), np.finfo(np.float64).tiny))
        if gain > (WORTHWHILE if best is None else best.gain):
            best = Smoothing(factors.astype(np.float32), alpha, float(gain))
    return best


def estimate_noise(channels: ChannelStatistics, weights: Array, factors: Array) -> float:
    """The variance that rounding both operands brings to the sum of all outputs, with these factors.

    Data have one range for the tensor, weights one for each output; the rounding errors are independent and uniform.
    """
    scaled = weights.astype(np.float64) * factors[:, None]
    high, low = max(float((channels.high / factors).max()), 0.0), min(float((channels.low / factors).min()), 0.0)
    data_step = (high - low) / ACTIVATION_STEPS
    weight_steps = 2 * np.abs(scaled).max(axis=0) / WEIGHT_STEPS
    from_data = data_step**2 * np.square(scaled).sum()
    from_weights = np.square(weight_steps).sum() * (channels.mean_square / np.square(factors)).sum()
    return float(from_data + from_weights) / 12

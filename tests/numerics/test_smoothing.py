"""The factors that smooth channels: less noise than without, by simulation as well as by the estimate."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openpot.numerics.smoothing import WORTHWHILE, ChannelStatistics, choose_smoothing, estimate_noise


def observe(data):
    return ChannelStatistics(data.min(0), data.max(0), np.square(data).mean(0))


def quantize(values, step):
    return np.rint(values / step) * step


def measure_noise(data, weights, factors):
    """The variance of the sum of all outputs' errors when both operands are rounded."""
    scaled, other = data / factors, weights * factors[:, None]
    high, low = max(scaled.max(), 0), min(scaled.min(), 0)
    rounded = quantize(scaled, (high - low) / 255)
    turned = quantize(other, 2 * np.abs(other).max(0, keepdims=True) / 254)
    return float(np.square(rounded @ turned - data @ weights).mean(0).sum())


def with_outliers(seed, channels=48, size=40.0):
    rng = np.random.default_rng(seed)
    data = rng.standard_normal((400, channels))
    data[:, rng.choice(channels, 2, replace=False)] *= size
    return data, rng.standard_normal((channels, 24)) / np.sqrt(channels)


@pytest.mark.parametrize("seed", range(4))
def test_large_channels_are_shrunk_and_the_noise_falls_as_estimated(seed):
    data, weights = with_outliers(seed)
    channels = observe(data)
    smoothing = choose_smoothing(channels, weights)
    before, after = measure_noise(data, weights, np.ones(len(weights))), measure_noise(data, weights, smoothing.factors)
    measured = 10 * np.log10(before / after)
    assert measured > 6
    assert smoothing.gain == pytest.approx(measured, abs=1.5)
    largest = np.argsort(channels.mean_square)[-2:]
    assert smoothing.factors[largest].min() > np.delete(smoothing.factors, largest).max()


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.floats(0.1, 100))
def test_factors_are_positive_and_promise_what_the_estimate_says(seed, size):
    data, weights = with_outliers(seed, 12, size)
    channels = observe(data)
    smoothing = choose_smoothing(channels, weights)
    if smoothing is not None:
        assert smoothing.factors.min() > 0
        assert smoothing.gain > WORTHWHILE
        noise = [estimate_noise(channels, weights, factors) for factors in (np.ones(12), smoothing.factors)]
        assert smoothing.gain == pytest.approx(10 * np.log10(noise[0] / noise[1]), abs=0.01)


def test_channels_alike_stay_as_they_are():
    rng = np.random.default_rng(0)
    assert choose_smoothing(observe(rng.uniform(-1, 1, (500, 16))), rng.uniform(-1, 1, (16, 8))) is None


def test_small_channels_are_not_enlarged():
    """A channel that the samples hardly show may be large in others: it counts as much as the median."""
    data, weights = with_outliers(1)
    data[:, 0] *= 1e-6
    factors = choose_smoothing(observe(data), weights).factors
    assert factors[0] > 0.2 * np.median(factors)


@pytest.mark.parametrize("bad", [np.zeros((8, 4)), np.full((8, 4), np.nan)])
def test_channels_without_a_range_are_left_alone(bad):
    assert choose_smoothing(observe(bad), np.ones((4, 3))) is None
    assert choose_smoothing(observe(np.ones((8, 4))), np.zeros((4, 3))) is None

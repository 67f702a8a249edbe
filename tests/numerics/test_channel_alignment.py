"""Alignment changes the channels between two layers and not what comes out behind them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpot.errors import ModelError
from openpot.numerics.channel_alignment import align_pair, compute_alignment_scales


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        ([0, 0, 0], [1, 2, 4], [0.5, 1, 2]),
        ([-1, 0, 0], [1, 0, 4], [2 / 3, 1, 4 / 3]),
        ([0, 0, 0], [1, 1e-6, 1e6], [1, 0.01, 100]),
        ([3, 3], [3, 2], [1, 1]),
    ],
    ids=["relative to the median", "a channel that does not vary", "cut to 0.01..100", "nothing varies"],
)
def test_scales(low, high, expected):
    np.testing.assert_allclose(compute_alignment_scales(np.array(low), np.array(high)), expected)


def valid_convolution(x, weights, bias):
    """x (channels, height, width), no padding, unit strides."""
    windows = np.lib.stride_tricks.sliding_window_view(x, weights.shape[2:], axis=(1, 2))
    return np.einsum("chwij,ocij->ohw", windows, weights) + (0 if bias is None else bias.reshape(-1, 1, 1))


def layers(seed=0, biases=(True, True), dtype=np.float64):
    rng = np.random.default_rng(seed)
    producer = (rng.normal(size=(5, 3, 3, 3)), rng.normal(size=(1, 5, 1, 1)) if biases[0] else None)
    consumer = (rng.normal(size=(4, 5, 2, 2)), rng.normal(size=(1, 4, 1, 1)) if biases[1] else None)
    x = rng.normal(size=(3, 9, 9)) * 3 + 1
    cast = [tuple(None if part is None else part.astype(dtype) for part in layer) for layer in (producer, consumer)]
    between = valid_convolution(x, *producer)
    low, high = np.quantile(between, [1e-4, 1 - 1e-4], axis=(1, 2))
    return x, cast[0], cast[1], low, high


@given(st.integers(0, 10_000), st.tuples(st.booleans(), st.booleans()))
def test_the_network_computes_what_it_did_before(seed, biases):
    x, producer, consumer, low, high = layers(seed, biases)
    aligned = align_pair(producer, consumer, low, high)
    before = valid_convolution(valid_convolution(x, *producer), *consumer)
    between = valid_convolution(x, aligned.producer_weights, aligned.producer_bias)
    after = valid_convolution(between, aligned.consumer_weights, aligned.consumer_bias)
    np.testing.assert_allclose(after, before, atol=1e-9)


def test_channels_between_are_centred_and_equally_wide():
    x, producer, consumer, low, high = layers()
    aligned = align_pair(producer, consumer, low, high)
    between = valid_convolution(x, aligned.producer_weights, aligned.producer_bias)
    ends = np.quantile(between, [1e-4, 1 - 1e-4], axis=(1, 2))
    np.testing.assert_allclose(ends.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(ends[1] - ends[0], np.median(high - low))


@pytest.mark.parametrize("biases", [(True, False), (False, True), (False, False)])
def test_without_both_biases_only_the_widths_are_aligned(biases):
    _, producer, consumer, low, high = layers(biases=biases)
    aligned = align_pair(producer, consumer, low, high)
    assert not aligned.centres.any()
    assert (aligned.scales != 1).any()
    assert (aligned.producer_bias is None, aligned.consumer_bias is None) == (not biases[0], not biases[1])


def test_shapes_and_types_are_kept_and_the_originals_left_alone():
    _, producer, consumer, low, high = layers(dtype=np.float16)
    copies = [part.copy() for part in (*producer, *consumer)]
    aligned = align_pair(producer, consumer, low, high)
    results = (aligned.producer_weights, aligned.producer_bias, aligned.consumer_weights, aligned.consumer_bias)
    for result, original, copied in zip(results, (*producer, *consumer), copies, strict=True):
        assert (result.shape, result.dtype) == (original.shape, np.float16)
        np.testing.assert_array_equal(original, copied)
        assert (result != original).any()


def test_the_output_channels_of_a_matmul_may_be_on_another_axis():
    rng = np.random.default_rng(3)
    matrix, bias, x = rng.normal(size=(6, 5)), rng.normal(size=5), rng.normal(size=(50, 6))
    kernel, kernel_bias = rng.normal(size=(2, 5, 1, 1)), rng.normal(size=2)
    between = x @ matrix + bias
    aligned = align_pair(
        (matrix, bias), (kernel, kernel_bias), between.min(axis=0), between.max(axis=0), producer_axis=1
    )
    after = (x @ aligned.producer_weights + aligned.producer_bias) @ aligned.consumer_weights[
        :, :, 0, 0
    ].T + aligned.consumer_bias
    np.testing.assert_allclose(after, between @ kernel[:, :, 0, 0].T + kernel_bias)


def test_a_different_number_of_channels_is_refused():
    _, producer, consumer, low, high = layers()
    with pytest.raises(ModelError, match=r"expected 4 channels.*\(5, 5\)"):
        align_pair(producer, consumer, low[:4], high[:4])

"""How large an output error a network tolerates, judged by what noise at its inputs does to its outputs.

A network is used on inputs that are noisy anyway: noise of 1 % of an input's standard deviation is about the rounding
of 8-bit pixels. What that does to the outputs has to be harmless, so twice as much is allowed. Smooth networks tolerate
far more, so the noise relaxes the budget and never tightens it. Where the outputs are images of the input, every error
is visible, and nothing is relaxed. ``docs/accuracy.md`` has the figures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from openpot.config.algorithms import DEFAULT_OUTPUT_ERROR
from openpot.typing_aliases import Array

NOISE = 0.01
"""Noise at the inputs, as a share of their standard deviation: pixels of 8 bits with a standard deviation of 60 are
rounded by 0.3, half of this."""

FACTOR = 2.0
"""Errors up to this multiple of what the noise does are allowed."""

LEAST_OF_TOKENS = 0.08
"""The budget of models that predict tokens, whatever noise does. Each token of a text is a decision, and later ones
rest on it: with logits that vary by about 3, an error of 0.08 of that is a divergence of 0.03 nats (half the square),
or 3 % of perplexity."""

LEAST, MOST = DEFAULT_OUTPUT_ERROR, 0.5
"""Bounds of the budget. Errors of 0.15 (16.5 dB) kept every metric that was measured; of 0.5 some, and above that an
output tells little."""


def choose_least_budget(predicts_tokens: bool) -> float:
    """The error that is allowed in any case.

    Args:
        predicts_tokens: whether an output says which token of a vocabulary comes next.
    """
    return LEAST_OF_TOKENS if predicts_tokens else LEAST


def choose_error_budget(noise_error: float, is_image: bool) -> float:
    """The error that is allowed.

    Args:
        noise_error: error that the noise at the inputs brings to the worst output, as a share of its variation.
        is_image: whether an output is an image of the input.
    """
    return LEAST if is_image else max(LEAST, min(MOST, FACTOR * noise_error))


def add_input_noise(feeds: Sequence[dict[int, Array]], seed: int = 0) -> list[dict[int, Array]]:
    """The inputs with noise; whole numbers are tokens or pixels on their grid and stay as they are.

    Args:
        feeds: inputs of each sample by number.
        seed: of the noise.
    """
    rng = np.random.default_rng(seed)
    spread = {number: _measure_spread([feed[number] for feed in feeds]) for number in feeds[0]} if feeds else {}
    return [
        type(feed)(  # steps of a sequence stay such
            (number, _add_noise(array, spread[number], rng) if array.dtype.kind == "f" else array)
            for number, array in feed.items()
        )
        for feed in feeds
    ]


def _add_noise(array: Array, spread: float, rng: np.random.Generator) -> Array:
    return (array + NOISE * spread * rng.standard_normal(array.shape)).astype(array.dtype)


def _measure_spread(arrays: Sequence[Array]) -> float:
    """Standard deviation of all finite values; 0 for whole numbers."""
    if arrays[0].dtype.kind != "f":
        return 0.0
    finite = [array if np.isfinite(array).all() else array[np.isfinite(array)] for array in arrays]
    count = sum(array.size for array in finite)
    if not count:
        return 0.0
    mean = sum(float(array.sum(dtype=np.float64)) for array in finite) / count
    squares = 0.0
    for array in finite:
        difference = np.subtract(array, mean, dtype=np.promote_types(array.dtype, np.float32))
        squares += float(np.square(difference).sum(dtype=np.float64))
    return math.sqrt(squares / count)


def is_image_of(output: Array, inputs: Sequence[Array]) -> bool:
    """Whether an output has the pixels of an input, or more: both have two axes of positions, NCHW or NHWC."""
    return any(_has_pixels_of(output.shape, array.shape) for array in inputs)


def _has_pixels_of(output: tuple[int, ...], given: tuple[int, ...]) -> bool:
    if len(output) < 4 or len(given) < 4:
        return False
    channels_first, channels_last = slice(2, None), slice(1, -1)
    return any(
        all(mine >= its for mine, its in zip(output[axes], given[axes], strict=False)) and min(given[axes]) > 1
        for axes in (channels_first, channels_last)
    )

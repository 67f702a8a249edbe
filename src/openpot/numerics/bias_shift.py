"""The mean output of a layer in closed form, and when to believe a bias that was corrected with it.

Fast bias correction (Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction", 2019)
assumes an input that is constant within each channel. The mean output is then linear in the channel means: for every
tap of the kernel, weight times channel mean times the share of output positions at which the tap lies inside the
image (:mod:`openpot.numerics.window`). So no layer has to be compiled and run, and zero padding is counted exactly.

The shift of a bias is best taken as the mean output for the *difference* of original and quantized weights. POT
subtracted the mean output for quantized weights from the *measured* mean: what the assumption of a constant channel
gets wrong, mostly near borders, then goes into the bias in full; in the difference it shrinks with the error of the
weights, and no output has to be observed.

Acceptance: POT compared the shift with the bias, so that one bias element of zero (a layer without bias has nothing
else) forbade the correction. Here the yardstick of a channel is the larger of its bias and its output's spread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from openpot.errors import ModelError
from openpot.numerics.window import Window
from openpot.typing_aliases import Array


def compute_mean_convolution_output(
    weights: Array, mean_input: Array, window: Window, input_size: Sequence[int], grouped: bool = False
) -> Array:
    """Mean over all output positions of a convolution without bias, for an input that is constant per channel.

    Args:
        weights: shape ``(outputs, inputs, *kernel)``, for a transposed convolution ``(inputs, outputs, *kernel)``;
            with a leading axis ``groups`` if ``grouped``, and then outputs and inputs of one group.
        mean_input: shape ``(input channels,)`` over all groups.
        window: strides, dilations, pads, and whether the convolution is transposed.
        input_size: spatial size of the input.
        grouped: whether the weights have the axis of groups (depthwise convolutions too).

    Returns:
        Shape ``(output channels,)``, float64.

    Raises:
        ModelError: weights and input do not fit together.
    """
    kernels = np.asarray(weights, np.float64)
    kernels = kernels if grouped else kernels[np.newaxis]
    if window.transposed:
        kernels = kernels.swapaxes(1, 2)
    groups, _, inputs = kernels.shape[:3]
    means = np.asarray(mean_input, np.float64)
    if means.shape != (groups * inputs,):
        raise ModelError(
            f"weights of shape {np.shape(weights)} take {groups * inputs} input channels, given means of {means.shape}"
        )
    shares = window.compute_tap_shares(kernels.shape[3:], input_size)
    summed = np.tensordot(kernels, shares, axes=shares.ndim)
    return np.asarray(np.einsum("goi,gi->go", summed, means.reshape(groups, inputs)).ravel())


def compute_mean_matmul_output(weights: Array, mean_input: Array, transpose: bool = False) -> Array:
    """Mean over all rows of ``input @ weights``, for an input that is constant along all but the shared axis.

    Args:
        weights: shape ``(..., inputs, outputs)`` or ``(inputs,)``; leading axes are averaged. For a constant at the
            left of a MatMul give its transpose: the rows of the product are then the channels.
        mean_input: shape ``(inputs,)``.
        transpose: whether the last two axes of the weights come in the order ``(outputs, inputs)``.

    Returns:
        Shape ``(outputs,)``, or ``()`` for a vector of weights; float64.

    Raises:
        ModelError: weights and input do not fit together.
    """
    matrix = np.asarray(weights, np.float64)
    if transpose and matrix.ndim > 1:
        matrix = matrix.swapaxes(-1, -2)
    matrix = matrix.mean(axis=tuple(range(matrix.ndim - 2)))
    means = np.asarray(mean_input, np.float64)
    if means.shape != matrix.shape[:1]:
        raise ModelError(
            f"weights of shape {np.shape(weights)} take {matrix.shape[0]} inputs, given means of shape {means.shape}"
        )
    return np.asarray(means @ matrix)


@dataclass(frozen=True)
class ShiftVerdict:
    """Whether a shift of the bias is believed, and its largest size in units of the yardstick."""

    accepted: bool
    magnitude: float


def check_shift(shift: Array, bias: Array | None, output_spread: Array, threshold: float) -> ShiftVerdict:
    """Decide whether a computed shift of the bias is plausible.

    Each channel has a yardstick, ``max(|bias|, spread)``: a shift is small if it is small against the bias, or, where
    there is none, against how much the channel varies anyway. A channel with neither (a dead one) borrows the median
    yardstick of the layer. The layer is accepted if ``|shift| / yardstick < threshold`` in every channel. Whatever POT
    accepted is accepted.

    Args:
        shift: new bias minus old one, shape ``(channels,)``.
        bias: old bias, shape ``(channels,)`` or ``()``; None for a layer without.
        output_spread: standard deviation of the layer's unquantized output, shape ``(channels,)`` or ``()``.
        threshold: largest plausible magnitude.
    """
    size = np.abs(np.asarray(shift, np.float64))
    known = np.zeros(()) if bias is None else np.abs(np.asarray(bias, np.float64))
    yardstick = np.broadcast_to(np.maximum(known, np.asarray(output_spread, np.float64)), size.shape)
    if not np.isfinite(size).all() or not np.isfinite(yardstick).all():
        return ShiftVerdict(False, float("inf"))
    if (yardstick > 0).any():
        yardstick = np.where(yardstick > 0, yardstick, np.median(yardstick[yardstick > 0]))
    ratio = np.divide(size, yardstick, out=np.where(size > 0, np.inf, 0.0), where=yardstick > 0)
    magnitude = float(ratio.max(initial=0.0))
    return ShiftVerdict(magnitude < threshold, magnitude)

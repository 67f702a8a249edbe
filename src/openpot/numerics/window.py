"""The sliding window of a convolution: where its taps fall, and how often they fall into the image.

Along one axis, tap ``k`` of output position ``p`` reads input position ``p * stride + k * dilation - pad_begin``. With
zero padding, the share of output positions at which it reads inside the image is what the border takes from the mean
of a convolution; it needs counting only, and axes are independent. A transposed convolution is the same grid read the
other way round: input position ``p`` writes there, and what falls outside the output is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from openpot.errors import ModelError
from openpot.typing_aliases import Array


@dataclass(frozen=True)
class Window:
    """Strides, dilations and pads of a convolution, one number for each spatial axis.

    ``output_padding`` (empty for none) belongs to transposed convolutions only. Pads may be negative (cropping).

    Raises:
        ModelError: the lengths differ.
    """

    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    pads_begin: tuple[int, ...]
    pads_end: tuple[int, ...]
    transposed: bool = False
    output_padding: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        lengths = {len(self.strides), len(self.dilations), len(self.pads_begin), len(self.pads_end)}
        if self.output_padding:
            lengths.add(len(self.output_padding))
        if len(lengths) != 1:
            raise ModelError(f"strides, dilations and pads must have one number for each spatial axis, given {self}")

    @classmethod
    def plain(cls, rank: int) -> Window:
        """Unit strides and dilations without padding over ``rank`` spatial axes."""
        return cls((1,) * rank, (1,) * rank, (0,) * rank, (0,) * rank)

    def compute_output_size(self, kernel: Sequence[int], input_size: Sequence[int]) -> tuple[int, ...]:
        """Spatial size of the output.

        Args:
            kernel: taps along each spatial axis.
            input_size: length of each spatial axis of the input.

        Raises:
            ModelError: the ranks differ, or the window does not fit.
        """
        if not len(kernel) == len(input_size) == len(self.strides):
            raise ModelError(
                f"expected {len(self.strides)} spatial axes, given kernel {tuple(kernel)} and input {tuple(input_size)}"
            )
        sizes = tuple(
            self._compute_output_length(axis, *lengths)
            for axis, lengths in enumerate(zip(kernel, input_size, strict=True))
        )
        if min(sizes, default=1) < 1:
            raise ModelError(f"kernel {tuple(kernel)} does not fit into input {tuple(input_size)} with {self}")
        return sizes

    def compute_tap_shares(self, kernel: Sequence[int], input_size: Sequence[int]) -> Array:
        """Contributions of each tap per output position, for an input of ones; shape ``kernel``.

        For a convolution that is the share of output positions at which the tap lies inside the image.

        Args:
            kernel: taps along each spatial axis.
            input_size: length of each spatial axis of the input.

        Raises:
            ModelError: the ranks differ, or the window does not fit.
        """
        shares = np.ones(())
        for axis, output_length in enumerate(self.compute_output_size(kernel, input_size)):
            moving, fixed = (input_size[axis], output_length) if self.transposed else (output_length, input_size[axis])
            starts = np.arange(moving) * self.strides[axis] - self.pads_begin[axis]
            places = starts[:, None] + np.arange(kernel[axis]) * self.dilations[axis]
            inside = ((places >= 0) & (places < fixed)).sum(axis=0)
            shares = np.multiply.outer(shares, inside / output_length)
        return shares

    def _compute_output_length(self, axis: int, taps: int, length: int) -> int:
        reach = self.dilations[axis] * (taps - 1) + 1
        pads = self.pads_begin[axis] + self.pads_end[axis]
        if self.transposed:
            extra = self.output_padding[axis] if self.output_padding else 0
            return self.strides[axis] * (length - 1) + reach - pads + extra
        return (length + pads - reach) // self.strides[axis] + 1


def find_same_padding(window: Window, kernel: Sequence[int], input_size: Sequence[int], upper: bool = True) -> Window:
    """The window with the pads of ``auto_pad`` ``same_upper`` or ``same_lower``: as many outputs as strides begin.

    Args:
        window: a convolution's window whose pads are to be replaced.
        kernel: taps along each spatial axis.
        input_size: length of each spatial axis of the input.
        upper: whether the odd pad goes to the end.
    """
    begins, ends = [], []
    for taps, length, stride, dilation in zip(kernel, input_size, window.strides, window.dilations, strict=True):
        total = max((-(-length // stride) - 1) * stride + dilation * (taps - 1) + 1 - length, 0)
        smaller, larger = total // 2, total - total // 2
        begins.append(smaller if upper else larger)
        ends.append(larger if upper else smaller)
    return Window(window.strides, window.dilations, tuple(begins), tuple(ends))

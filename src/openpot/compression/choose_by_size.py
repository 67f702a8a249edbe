"""Which format each weight tensor takes so that the outputs lose least at a given size, or the model is smallest."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from openpot.compression.choose_formats import WeightChoice
from openpot.compression.code_weights import has_half_scales
from openpot.compression.format_options import choose_probe, list_options
from openpot.compression.option_errors import compute_option_errors
from openpot.compression.size_curve import SizeCurve, SizePoint
from openpot.compression.weight_source import WeightSource
from openpot.errors import ConfigError
from openpot.graph.node_index import NodeIndex
from openpot.graph.stored_size import format_size
from openpot.numerics.size_allocation import Allocation, AllocationPath
from openpot.weight_formats import HALF_BITS

if TYPE_CHECKING:
    from openpot.compression.output_sensitivity import Sensitivity
    from openpot.compression.weight_tensors import WeightTensor
    from openpot.config.size_limit import SizeLimit
    from openpot.graph.tensor_id import TensorId
    from openpot.graph.types import Model
    from openpot.typing_aliases import Array

SHOWN_POINTS = 24
_BYTE = 8


@dataclass(frozen=True, eq=False)
class TensorOptions:
    """What a tensor may be stored as, and what that is expected to lose.

    Attributes:
        choices: by rising size.
        losses: of the outputs, which add up over tensors; without data errors of the weights.
        bits_of_scales: those of a stored scale, for each choice; None for half precision throughout.
    """

    choices: tuple[WeightChoice, ...]
    losses: Array
    bits_of_scales: tuple[int, ...] | None = None

    @property
    def sizes(self) -> Array:
        """Bytes of each choice."""
        scales = self.bits_of_scales or (HALF_BITS,) * len(self.choices)
        more = [
            (bits - HALF_BITS) * choice.weights.num_weights / choice.group_size
            for choice, bits in zip(self.choices, scales, strict=True)
        ]
        return np.array([choice.bits + extra for choice, extra in zip(self.choices, more, strict=True)]) / _BYTE

    @property
    def without_two_bits(self) -> TensorOptions:
        """The options that run with dynamic quantization; all of them if none does."""
        kept = [number for number, choice in enumerate(self.choices) if choice.weight_format.is_multiplied]
        if not kept:
            return self
        scales = None if self.bits_of_scales is None else tuple(self.bits_of_scales[number] for number in kept)
        return TensorOptions(tuple(self.choices[number] for number in kept), self.losses[kept], scales)


def estimate_losses(
    model: Model,
    tensors: Sequence[WeightTensor],
    sensitivities: Mapping[TensorId, Sensitivity] | None,
    has_two_bits: bool = False,
) -> list[TensorOptions]:
    """What each option of each tensor is expected to lose.

    With data, the loss that was measured with the probe grows and shrinks with the error of the layer's outputs, to
    first order in the variances of its inputs. Without, each tensor counts by the relative error of its weights. A
    tensor that was not measured, such as those of bodies, is as sensitive as the median of the others.

    Args:
        model: the float model.
        tensors: of the model and its bodies.
        sensitivities: what was measured; None without data.
        has_two_bits: whether it was measured with probes of two bits.

    Raises:
        ModelError: a weight is not a finite number.
    """
    nodes = NodeIndex(model)
    rated: list[tuple[TensorOptions, float | None]] = []
    for weights in tensors:
        choices = list_options(weights)
        if not choices:
            continue
        source = WeightSource(nodes, weights)
        seen = None if sensitivities is None else sensitivities.get(weights.tensor)
        strength = None if seen is None else seen.strength
        probe = choose_probe(weights, has_two_bits)
        errors = compute_option_errors(source, (probe, *choices), strength)
        per_error = seen.loss / errors[0] if seen is not None and errors[0] else None
        scales = tuple(_bits_of_scale(source, choice) for choice in choices)
        rated.append((TensorOptions(choices, np.array(errors[1:]), scales), per_error))
    measured = [per_error for _, per_error in rated if per_error is not None]
    usual = float(np.median(measured)) if measured else 1.0
    return [
        replace(options, losses=options.losses * (usual if per_error is None else per_error))
        for options, per_error in rated
    ]


def _bits_of_scale(source: WeightSource, choice: WeightChoice) -> int:
    is_half = has_half_scales(source, choice.weights, choice.weight_format, choice.group_size)
    return HALF_BITS if is_half else 2 * HALF_BITS


class SizeChooser:
    """Chooses among the options of all tensors by size or by loss.

    Args:
        options: of each tensor.
        fixed_bytes: what the model takes besides.
        measures: what the losses are of: see :class:`SizeCurve`.
        has_squares: whether losses are squares of what is reported.
    """

    def __init__(self, options: Sequence[TensorOptions], fixed_bytes: int, measures: str, has_squares: bool) -> None:
        self._all = list(options)
        self._fixed_bytes = fixed_bytes
        self._measures = measures
        self._has_squares = has_squares
        self._num_weights = sum(entry.choices[0].weights.num_weights for entry in options)
        self._usual = [entry.without_two_bits for entry in options]

    def choose_within(self, limit: SizeLimit) -> tuple[tuple[WeightChoice, ...], SizeCurve]:
        """The choices that lose least within a size; formats of two bits only where it cannot be reached without.

        Raises:
            ConfigError: even the smallest choices are larger; the message says how large they are.
        """
        num_bytes = self._bytes_of_weights(limit)
        for options in (self._usual, self._all):
            path = _path(options)
            allocation = path.pick_within(num_bytes)
            if allocation is not None:
                return self._choices(options, allocation), self._curve(path, allocation)
        smallest = path.smallest
        bits = math.ceil(smallest * _BYTE / self._num_weights * 100) / 100
        raise ConfigError(
            f"max_size {limit} cannot be reached: the smallest possible size is {bits:.2f} bits per weight, "
            f"{format_size(math.ceil(smallest) + self._fixed_bytes)} in all, with which the model would hardly be of "
            "use; give at least that, or leave fewer operations out with ignored_scope"
        )

    def choose_below(self, loss: float) -> tuple[tuple[WeightChoice, ...], SizeCurve]:
        """The smallest choices that are expected to lose at most so much; those that lose least if none does."""
        path = _path(self._usual)
        allocation = path.pick_below(loss**2 if self._has_squares else loss)
        return self._choices(self._usual, allocation), self._curve(path, allocation)

    def fits(self, point: SizePoint, limit: SizeLimit) -> bool:
        """Whether a point of the curve is not larger than a size."""
        return point.num_bytes - self._fixed_bytes <= self._bytes_of_weights(limit)

    def _bytes_of_weights(self, limit: SizeLimit) -> float:
        if limit.bits_per_weight is not None:
            return limit.bits_per_weight * self._num_weights / _BYTE
        return float(limit.num_bytes or 0) - self._fixed_bytes

    @staticmethod
    def _choices(options: Sequence[TensorOptions], allocation: Allocation) -> tuple[WeightChoice, ...]:
        return tuple(entry.choices[pick] for entry, pick in zip(options, allocation.picks, strict=True))

    def _curve(self, path: AllocationPath, allocation: Allocation) -> SizeCurve:
        points = path.points
        places = np.unique(np.linspace(0, len(points) - 1, min(SHOWN_POINTS, len(points))).astype(int))
        shown = tuple(self._point(*points[place]) for place in places)
        return SizeCurve(shown, self._point(allocation.size, allocation.loss), self._measures)

    def _point(self, size: float, loss: float) -> SizePoint:
        value = float(np.sqrt(max(loss, 0.0))) if self._has_squares else max(loss, 0.0)
        return SizePoint(math.ceil(size) + self._fixed_bytes, size * _BYTE / self._num_weights, value)


def require_reachable(tensors: Sequence[WeightTensor], fixed_bytes: int, limit: SizeLimit) -> bool:
    """Check that a size can be reached, before anything is measured.

    Returns:
        Whether that takes formats of two bits.

    Raises:
        ConfigError: even the smallest choices are larger.
    """
    choices = [list_options(weights) for weights in tensors]
    options = [TensorOptions(entry, np.zeros(len(entry))) for entry in choices]
    chosen, _ = SizeChooser(options, fixed_bytes, "", has_squares=False).choose_within(limit)
    return any(not choice.weight_format.is_multiplied for choice in chosen)


def _path(options: Sequence[TensorOptions]) -> AllocationPath:
    return AllocationPath([entry.sizes for entry in options], [entry.losses for entry in options])

"""Observed ranges to the limits of FakeQuantize operations, those that share their limits together."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from openpot.config.range_estimator import RangeEstimatorConfig
from openpot.errors import DataError, ModelError
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.numerics.ranges import RangeRule, join_ranges
from openpot.placement.plan import PlannedQuantizer, QuantizerKind
from openpot.typing_aliases import Array


@dataclass(frozen=True, eq=False)
class ObservedRange:
    """What was observed of the tensor of one quantizer.

    Attributes:
        quantizer: the planned quantizer.
        estimator: how the range was estimated; holds the clipping values.
        low: low end, shape ``()`` or ``(channels,)``; None where only the magnitude counts.
        high: high end (the magnitude in symmetric mode), likewise.
    """

    quantizer: PlannedQuantizer
    estimator: RangeEstimatorConfig
    low: Array | None
    high: Array

    @property
    def is_zero(self) -> bool:
        """Whether nothing but zeros was observed in activations."""
        is_weights = self.quantizer.kind == QuantizerKind.WEIGHTS
        return not is_weights and not np.any(self.high) and (self.low is None or not np.any(self.low))

    def compute_limits(self, pot_exact: bool) -> FakeQuantizeLimits:
        """The limits of the quantizer, each end of shape ``()`` or ``(channels,)``.

        Raises:
            DataError: what was observed of activations makes no range.
            ModelError: what the constants hold makes no range.
        """
        rule = self._make_rule(pot_exact)
        low = self.low
        if low is not None and np.ndim(low) != np.ndim(self.high):
            # One answer for the tensor says whether it is non-negative; the ends belong to channels.
            low = np.broadcast_to(low, np.shape(self.high))
        try:
            ends = rule(low, self.high)
            if self.quantizer.halve_weights and not pot_exact:
                ends = avoid_ties(*ends, self.quantizer.levels)
            return FakeQuantizeLimits.from_range(*ends, self.quantizer.levels)
        except (DataError, ModelError) as error:
            raise type(error)(f"no quantizer can be made for {self.quantizer.tensor}: {error}") from error

    def _make_rule(self, pot_exact: bool) -> RangeRule:
        config, low_end, high_end = self.quantizer.config, self.estimator.min, self.estimator.max
        return RangeRule(
            self.quantizer.levels,
            config.mode,
            is_weights=self.quantizer.kind == QuantizerKind.WEIGHTS,
            signed=config.signed,
            clip_low=None if low_end is None else low_end.clipping_value,
            clip_high=None if high_end is None else high_end.clipping_value,
            unified_zero_point=config.unified_zeropoint,
            pot_exact=pot_exact,
        )


def avoid_ties(low: Array, high: Array, levels: int) -> tuple[Array, Array]:
    """Limits of weights that will be halved, narrowed such that their largest magnitude stays a level.

    Half of an odd number of levels lies between two of them: 63.5 for 255. There each device rounds its own way, by a
    whole step for the largest weight of every filter. With the largest weight at level 64 nothing is in doubt, sums of
    two products still fit into 16 bits, and the steps are a little finer.

    Args:
        low: shape ``()`` or ``(channels,)``.
        high: likewise.
        levels: number of levels.
    """
    half = (levels - 1) / 2
    narrowing = half / (2 * np.ceil(half / 2))
    return low * narrowing, high * narrowing


def compute_quantizer_limits(observed: Sequence[ObservedRange], pot_exact: bool) -> dict[str, FakeQuantizeLimits]:
    """The limits of every quantizer of one graph by its name.

    A group gets the limits of the joint range; with ``pot_exact`` the widest of the limits that its members get by
    themselves, which keeps an unsigned range unsigned where only another member is signed, but not zero on a level.
    """
    if pot_exact:
        return _compute_widest_limits(observed)
    return {entry.quantizer.name: entry.compute_limits(pot_exact) for entry in _join_ranges(observed)}


def _compute_widest_limits(observed: Sequence[ObservedRange]) -> dict[str, FakeQuantizeLimits]:
    limits = {entry.quantizer.name: entry.compute_limits(pot_exact=True) for entry in observed}
    for members in _group(observed).values():
        member_limits = [limits[member.quantizer.name] for member in members]
        low = functools.reduce(np.minimum, (ends.input_low for ends in member_limits))
        high = functools.reduce(np.maximum, (ends.input_high for ends in member_limits))
        for member in members:
            limits[member.quantizer.name] = FakeQuantizeLimits.from_range(low, high, member.quantizer.levels)
    return limits


def _group(observed: Sequence[ObservedRange]) -> dict[int, list[ObservedRange]]:
    """The members of each group whose limits are one."""
    groups: dict[int, list[ObservedRange]] = {}
    for entry in observed:
        if entry.quantizer.group is not None:
            groups.setdefault(entry.quantizer.group, []).append(entry)
    return groups


def _join_ranges(observed: Sequence[ObservedRange]) -> list[ObservedRange]:
    joint = {number: _find_joint_ends(members) for number, members in _group(observed).items()}
    return [
        entry if entry.quantizer.group is None else _set_ends(entry, *joint[entry.quantizer.group])
        for entry in observed
    ]


def _set_ends(entry: ObservedRange, low: Array | None, high: Array) -> ObservedRange:
    return replace(entry, low=low, high=high)


def _find_joint_ends(members: Sequence[ObservedRange]) -> tuple[Array | None, Array]:
    """Ends that cover every member; None for the low end if the magnitude alone counts in all of them."""
    lows = [-np.abs(member.high) if member.low is None else member.low for member in members]
    low, high = join_ranges(lows, [member.high for member in members])
    return (None if all(member.low is None for member in members) else low), high

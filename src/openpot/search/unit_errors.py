"""What units bring to the squared error of the outputs when they act, all others in float.

Errors of different units are nearly independent, so that their squares nearly add up. Each set of units is measured
once, on two to four of the validation samples, whatever budgets are tried afterwards. Few units bring most of the
error, and neighbours that bring little together need not be told apart: groups are halved only where it matters (group
testing by bisection; ``docs/speed.md`` compares other ways).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from openpot.search.trial import Trial
from openpot.search.trial_subject import Choice
from openpot.search.units import Unit, switch_off
from openpot.typing_aliases import Array

RUNS_ALONE = 72
"""About how many inferences are spent on units alone: four cost what other tools spend on one calibration sample."""
MIN_SAMPLES_ALONE, MAX_SAMPLES_ALONE = 2, 4
"""Bounds of the number of validation samples on which units are tried alone."""
FEW = RUNS_ALONE // MAX_SAMPLES_ALONE
"""So many units can be measured one by one, on the most samples."""
LOST = 1.0
"""A squared error that is as large as the variation: outputs are lost, more units hardly make them worse, and squares
of groups no longer tell what their units bring."""
RESOLUTION = 0.25
"""Groups that bring at most this share of what may remain, or of what has to go, are not told apart any further: a
wrong guess within one of them moves the result by less than the samples do."""


@dataclass(frozen=True)
class UnitMeasurement:
    """A set of units measured beside the others: the choice that all are parts of, and how it is run.

    Attributes:
        units: what can be reverted to float.
        choice: what acts now.
        everything_off: the choice with all units in float.
        shifts: bias shifts of the layers, fitted with all units in float.
        samples: on how many validation samples errors are measured.
        floor: the squared error with all units in float.
    """

    units: Sequence[Unit]
    choice: Choice
    everything_off: Choice
    shifts: Mapping[str, Array]
    samples: int
    floor: float


class UnitErrors:
    """The squared errors of units of one model; what was measured once is known from then on.

    Args:
        trial: the model, in which all quantizers of the units can be switched.
    """

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self._known: dict[tuple[frozenset[tuple[str, int | None]], int], float] = {}

    def measure_each(self, units: Sequence[Unit], choice: Choice) -> Array:
        """The squared error of each unit when it alone acts, with the bias shifts of the model in float.

        Args:
            units: what can be reverted to float.
            choice: what acts now.
        """
        measurement = self._begin(units, choice)
        return np.array(self._measure_groups(measurement, [(number,) for number in range(len(units))]))

    def share_out(self, units: Sequence[Unit], choice: Choice, max_error: float) -> Array:
        """The squared error of each unit, as far as it matters for reaching ``max_error``.

        Groups of neighbours are halved, the one that brings most first, until no group of several brings more than a
        quarter (``RESOLUTION``) of what may remain or has to go. What a group brings is shared by work. There are
        about as many measurements as units at most. A few units are measured each, and so are all where they ruin the
        outputs together.

        Args:
            units: what can be reverted to float, in topological order.
            choice: what acts now.
            max_error: error of the worst output that is to be reached.
        """
        if len(units) <= FEW:
            return self.measure_each(units, choice)
        measurement = self._begin(units, choice)
        everything = tuple(range(len(units)))
        (total,) = self._measure_groups(measurement, [everything])
        squares = {everything: total}
        if LOST <= total < math.inf:
            return self.measure_each(units, choice)
        least = _choose_resolution(total, max_error**2 - measurement.floor, len(units))
        known = len(self._known)
        while len(self._known) - known < len(units):
            group = max(squares, key=lambda numbers: squares[numbers] if len(numbers) > 1 else -math.inf)
            if len(group) == 1 or squares[group] <= least:
                break
            del squares[group]
            halves = (group[: len(group) // 2], group[len(group) // 2 :])
            squares |= zip(halves, self._measure_groups(measurement, halves), strict=True)
        return _spread_by_work(squares, units)

    def _begin(self, units: Sequence[Unit], choice: Choice) -> UnitMeasurement:
        affordable = max(RUNS_ALONE // max(len(units), 1), MIN_SAMPLES_ALONE)
        samples = min(affordable, MAX_SAMPLES_ALONE, self.trial.num_validation_samples)
        everything_off = switch_off(choice, units)
        shifts, _ = self.trial.try_shifts(everything_off)
        (floor,) = [0.0] if self.trial.is_float(everything_off) else self._measure([everything_off], shifts, samples)
        return UnitMeasurement(units, choice, everything_off, shifts, samples, floor)

    def _measure_groups(self, measurement: UnitMeasurement, groups: Sequence[Sequence[int]]) -> list[float]:
        """Squared error that the units of each group bring together, all others in float."""
        names = [[name for number in group for name in measurement.units[number].quantizers] for group in groups]
        acting = [
            {**measurement.everything_off, **{name: measurement.choice[name] for name in group}} for group in names
        ]
        measured = self._measure(acting, measurement.shifts, measurement.samples)
        return [max(square - measurement.floor, 0.0) for square in measured]

    def _measure(self, choices: Sequence[Choice], shifts: Mapping[str, Array], samples: int) -> list[float]:
        """The squared errors of choices; the shifts follow from the choices that are measured together."""
        keys = [(frozenset(choice.items()), samples) for choice in choices]
        unknown = {key: choice for key, choice in zip(keys, choices, strict=True) if key not in self._known}
        errors = self.trial.measure_errors([(choice, shifts) for choice in unknown.values()], samples)
        self._known |= {key: error**2 for key, error in zip(unknown, errors, strict=True)}
        return [self._known[key] for key in keys]


def _choose_resolution(total: float, allowed: float, count: int) -> float:
    """The squared error above which a group is halved: two equal shares need not be told apart in any case.

    Args:
        total: squared error of all units together.
        allowed: what may remain of it.
        count: how many units there are.
    """
    if math.isinf(total):
        return 0.0
    allowed = max(allowed, 0.0)
    return max(RESOLUTION * min(allowed, max(total - allowed, 0.0)), 2 * total / count)


def _spread_by_work(squares: Mapping[tuple[int, ...], float], units: Sequence[Unit]) -> Array:
    shares = np.zeros(len(units))
    for numbers, square in squares.items():
        work = np.array([units[number].work for number in numbers])
        total = float(work.sum())
        shares[list(numbers)] = square * (work / total if total > 0 else 1 / len(numbers)) if square > 0 else 0.0
    return shares

"""What each unit brings to the squared error of the outputs when it alone acts, all others in float.

Errors of different units are nearly independent, so that their squares nearly add up. Each is measured once, on two to
four of the validation samples, whatever budgets are tried afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from openpot.search.trial import Choice, Trial
from openpot.search.units import Unit, switch_off
from openpot.typing_aliases import Array

RUNS_ALONE = 72
"""About how many inferences are spent on units alone: four cost what other tools spend on one calibration sample."""
MIN_SAMPLES_ALONE, MAX_SAMPLES_ALONE = 2, 4
"""Bounds of the number of validation samples on which units are tried alone."""


class UnitErrors:
    """The squared errors of units of one model; what was measured once is known from then on.

    Args:
        trial: the model, in which all quantizers of the units can be switched.
    """

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self._known: dict[tuple[frozenset[tuple[str, int | None]], int], float] = {}

    def measure(self, units: Sequence[Unit], choice: Choice) -> Array:
        """The squared error of each unit when it alone acts, with the bias shifts of the model in float.

        Args:
            units: what can be reverted to float.
            choice: what acts now.
        """
        affordable = max(RUNS_ALONE // max(len(units), 1), MIN_SAMPLES_ALONE)
        samples = min(affordable, MAX_SAMPLES_ALONE, self.trial.num_validation_samples)
        everything_off = switch_off(choice, units)
        alone = [{**everything_off, **{name: choice[name] for name in unit.quantizers}} for unit in units]
        shifts, _ = self.trial.try_shifts(everything_off)
        floor, *squares = [self._measure(choice, shifts, samples) for choice in (everything_off, *alone)]
        return np.maximum(np.array(squares) - floor, 0.0)

    def _measure(self, choice: Choice, shifts: Mapping[str, Array], samples: int) -> float:
        """The squared error of a choice; the shifts follow from the choices that are measured together."""
        key = (frozenset(choice.items()), samples)
        if key not in self._known:
            self._known[key] = self.trial.measure_error(choice, shifts, samples) ** 2
        return self._known[key]

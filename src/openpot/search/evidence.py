"""What the outputs say about a quantized model, and what follows: ranges, shifts of layers, operations left in float.

First the cheap questions. Are widest or average ranges of activations better? No rule is right for all networks, and
the wrong one is a disaster in either direction. Does it help to shift the layers so that their means agree with the
float model? Good networks are done then. Where the error of the outputs is above the budget, operations go back to
float, those first that bring the largest part of the error for the smallest part of the work
(:mod:`openpot.search.repair`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.search.network_ends import ends_in_float
from openpot.search.repair import Repair, Unit
from openpot.search.trial import Choice, Trial
from openpot.typing_aliases import Array

SAME_RANGE = 1.05
"""Ranges that differ by at most this factor are not worth a trial: the step changes by less than 5 %."""

WORTH_IMPROVING = 2.0
"""Ranges whose error is at most so many times the smaller one are shifted too: that can reverse the order (t16 of the
benchmarks: 33 against 39 dB before, 45 against 32 after)."""

WIDEST, AVERAGE = 0, 1
"""Numbers of the candidates."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What was decided.

    Attributes:
        rule: which ranges the activations got, ``widest`` or ``average``.
        shifts: name of a layer -> shift of each channel; empty if shifting did not help.
        errors: name of a candidate -> error of the worst output, as a share of its variation between items.
        error: that of what was chosen.
        judges: items that it was judged on.
        inferences: how many were made altogether.
        ends: units at the ends of the network that stay in float, each with its share of the squared error.
        repair: what else went back to float; None if the error was within the budget.
    """

    rule: str
    shifts: Mapping[str, Array]
    errors: Mapping[str, float]
    error: float
    judges: int
    inferences: int = 0
    ends: tuple[tuple[Unit, float], ...] = ()
    repair: Repair | None = None

    @property
    def in_float(self) -> tuple[tuple[Unit, float], ...]:
        """All units that went back to float, each with its share of the squared error."""
        return self.ends + (() if self.repair is None else self.repair.units)

    @property
    def reason(self) -> str:
        """In a sentence."""
        shown = ", ".join(f"{name} {error:.4f}" for name, error in self.errors.items())
        return f"smallest output error on {self.judges} calibration items ({shown})"


def choose_ranges_and_shifts(
    trial: Trial, widest: Choice, average: Choice | None, ends: Sequence[Sequence[Unit]] = ()
) -> tuple[Choice, Evidence]:
    """The choice of ranges, ends in float, and shifts, whose outputs are closest to the float model.

    Args:
        trial: the model.
        widest: every quantizer with its widest range.
        average: every quantizer with its average range where it has one; None if there is nothing to choose.
        ends: units at the ends of the network that may stay in float (:mod:`openpot.search.network_ends`).
    """
    rules = {"widest": widest} if average is None else {"widest": widest, "average": average}
    errors = {rule: trial.error(choice, {}) for rule, choice in rules.items()}
    close = [rule for rule in rules if errors[rule] <= WORTH_IMPROVING * min(errors.values())]
    improved = {rule: _improved(trial, rules[rule], errors[rule], ends) for rule in close}
    rule = min(close, key=lambda name: improved[name].error)
    best = improved[rule]
    errors |= {f"{rule}, {step}": error for step, error in best.steps.items()}
    choice = best.choice
    return choice, Evidence(rule, best.shifts, errors, best.error, trial.num_judges, trial.inferences, best.ends)


@dataclass(frozen=True, eq=False)
class _Improved:
    """One choice of ranges with its ends in float and its layers shifted, where that helped."""

    choice: Choice
    shifts: Mapping[str, Array]
    error: float
    ends: tuple[tuple[Unit, float], ...]
    steps: Mapping[str, float]


def _improved(trial: Trial, choice: Choice, error: float, ends: Sequence[Sequence[Unit]]) -> _Improved:
    steps: dict[str, float] = {}
    choice, error, in_float = ends_in_float(trial, choice, error, ends)
    if in_float:
        steps["ends in float"] = error
    shifts = trial.fitted_shifts(choice)
    if shifts:
        steps["shifted"] = trial.error(choice, shifts)
        shifts = shifts if steps["shifted"] < error else {}
        error = min(error, steps["shifted"])
    return _Improved(choice, shifts, error, in_float, steps)


def largest_ratio(one: Mapping[str, FakeQuantizeLimits], other: Mapping[str, FakeQuantizeLimits]) -> float:
    """By which factor the steps of two sets of limits differ, at most; quantizers that only one has do not count."""
    ratios = [1.0]
    for name in one.keys() & other.keys():
        ratio = np.divide(one[name].scale, other[name].scale)
        ratios.append(float(max(ratio.max(), 1 / ratio.min())))
    return max(ratios)

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
    rule = min(errors, key=lambda name: errors[name])
    choice, error, in_float = ends_in_float(trial, rules[rule], errors[rule], ends)
    if in_float:
        errors["ends in float"] = error
    shifts = trial.fitted_shifts(choice)
    if shifts:
        errors["shifted"] = trial.error(choice, shifts)
        shifts = shifts if errors["shifted"] < error else {}
        error = min(error, errors["shifted"])
    return choice, Evidence(rule, shifts, errors, error, trial.num_judges, trial.inferences, in_float)


def largest_ratio(one: Mapping[str, FakeQuantizeLimits], other: Mapping[str, FakeQuantizeLimits]) -> float:
    """By which factor the steps of two sets of limits differ, at most; quantizers that only one has do not count."""
    ratios = [1.0]
    for name in one.keys() & other.keys():
        ratio = np.divide(one[name].scale, other[name].scale)
        ratios.append(float(max(ratio.max(), 1 / ratio.min())))
    return max(ratios)

"""What the outputs say about a quantized model, and what follows: ranges, shifts of layers, operations left in float.

First the cheap questions. Are widest or average ranges of activations better? No rule is right for all networks, and
the wrong one is a disaster in either direction. Does it help to shift the layers so that their means agree with the
float model? Good networks are done then. Where the error of the outputs is above the budget, operations go back to
float, those first that bring the largest part of the error for the smallest part of the work
(:mod:`openpot.search.repair`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.search.network_ends import pays, revert_ends
from openpot.search.repair import Repair, Unit
from openpot.search.trial import Choice, Trial
from openpot.typing_aliases import Array

SAME_RANGE = 1.05
"""Ranges that differ by at most this factor are not worth a trial: the step changes by less than 5 %."""

WORTH_IMPROVING = 1.5
"""Ranges whose error is at most so many times the smaller one (3.5 dB) are shifted too: that can reverse the order (t16
of the benchmarks: equal before, 43 against 37 dB after)."""

GOOD = 0.015
"""Ranges with at most this error (36 dB) are good as they are: shifts of layers are not asked about."""

WIDEST, AVERAGE = 0, 1
"""Numbers of the candidates."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What was decided.

    Attributes:
        rule: which ranges the activations got, ``widest`` or ``average``.
        shifts: name of a layer -> shift of each channel; empty if shifting did not help.
        errors: name of a candidate -> error of the worst output, as a share of its variation between samples.
        error: that of what was chosen.
        judges: samples that it was judged on.
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
        return f"smallest output error on {self.judges} calibration samples ({shown})"


def choose_ranges_and_shifts(
    trial: Trial, widest: Choice, average: Choice | None, good: float = 0.0
) -> tuple[Choice, Evidence]:
    """The choice of ranges, and of shifts, whose outputs are closest to the float model.

    Args:
        trial: the model.
        widest: every quantizer with its widest range.
        average: every quantizer with its average range where it has one; None if there is nothing to choose.
        good: error from which on shifts are asked about.
    """
    rules = {"widest": widest} if average is None else {"widest": widest, "average": average}
    errors = {rule: trial.error(choice, {}) for rule, choice in rules.items()}
    best = min(errors.values())
    close = [rule for rule in rules if good < best and errors[rule] <= WORTH_IMPROVING * best]
    fitted = {rule: trial.fitted_shifts(rules[rule]) for rule in close}
    shifted = {rule: trial.error(rules[rule], shifts) for rule, shifts in fitted.items() if shifts}
    rule = min(close or errors, key=lambda name: min(errors[name], shifted.get(name, errors[name])))
    helps = shifted.get(rule, errors[rule]) < errors[rule]
    shown = errors | {f"{rule}, shifted": error for rule, error in shifted.items()}
    error = shifted[rule] if helps else errors[rule]
    shifts = fitted[rule] if helps else {}
    return rules[rule], Evidence(rule, shifts, shown, error, trial.num_validation_samples, trial.inferences)


def try_ends_in_float(
    trial: Trial, choice: Choice, evidence: Evidence, ends: Sequence[Sequence[Unit]]
) -> tuple[Choice, Evidence]:
    """Ends of the network back in float where that pays (:mod:`openpot.search.network_ends`).

    Where weights go with them, the outputs are asked again without these weights' rounding, with shifts that fit.

    Args:
        trial: the model.
        choice: what acts now.
        evidence: what was found out about it.
        ends: units at the ends of the network that may stay in float.
    """
    candidate, error, left = revert_ends(trial, choice, evidence.shifts, evidence.error, ends)
    shifts = evidence.shifts
    if any(name not in choice for unit, _ in left for name in unit.quantizers):
        without_weights = trial.recompile([name for unit, _ in left for name in unit.quantizers])
        shifts, error = without_weights.shifted(candidate)
        trial.inferences += without_weights.inferences
    if not left or not pays(error, evidence.error):
        return choice, evidence
    errors = {**evidence.errors, "ends in float": error}
    return candidate, replace(evidence, errors=errors, error=error, shifts=shifts, ends=left)


def find_largest_ratio(one: Mapping[str, FakeQuantizeLimits], other: Mapping[str, FakeQuantizeLimits]) -> float:
    """By which factor the steps of two sets of limits differ, at most; quantizers that only one has do not count."""
    ratios = [1.0]
    for name in one.keys() & other.keys():
        ratio = np.divide(one[name].scale, other[name].scale)
        ratios.append(float(max(ratio.max(), 1 / ratio.min())))
    return max(ratios)

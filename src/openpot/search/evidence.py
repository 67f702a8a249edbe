"""The first decisions of a trial, and the record of all of them.

Are the widest or the average ranges of activations better? No rule is right for all networks, and the wrong one is a
disaster in either direction. Do bias shifts help, which make the mean outputs of layers agree with the float model?
Good networks are done then. Where the output error is above its budget, operations are reverted to float
(:mod:`openpot.search.network_ends`, :mod:`openpot.search.repair`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from openpot.config.algorithms import DEFAULT_OUTPUT_ERROR, OutputErrorLimit
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.search.network_ends import pays, revert_ends
from openpot.search.repair import Repair
from openpot.search.trial import Trial
from openpot.search.trial_subject import Choice
from openpot.search.units import Unit
from openpot.typing_aliases import Array

SAME_RANGE = 1.05
"""Ranges that differ by at most this factor are not worth a trial: the step changes by less than 5 %."""

WORTH_IMPROVING = 1.5
"""Bias shifts are also tried with ranges whose error is at most so many times the smaller one (3.5 dB): they
can reverse the order (t16 in ``benchmarks/``: equal without bias shifts, 43 against 37 dB with them)."""

CLEARLY_CLOSER = 0.8
"""Average ranges are chosen if their error is at most this share of the widest ranges' (2 dB): they clip values
that the few validation samples may lack, while the widest ranges hold on other samples too (``docs/accuracy.md``)."""

GOOD = 0.015
"""With at most this error (36 dB) no bias shifts are tried."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What a trial found out, and what was decided by it.

    Attributes:
        ranges: which ranges the activations got, ``widest`` or ``average``.
        shifts: name of a layer -> bias shift, shape ``(channels,)``; empty if bias shifts did not help.
        errors: what was tried, in words -> error of the worst output, as a share of its variation between samples.
        error: the error of what was chosen.
        validation_samples: number of samples that errors were measured on.
        inferences: how many were made altogether.
        ends: units at the ends of the network that were reverted to float, each with its share of the squared error.
        repair: which other units were reverted to float; None if the error was within the budget.
        budget: the error that was allowed; None for any.
        judged_at: where errors were measured, in words that complete "judged ...": "before a Softmax".
    """

    ranges: str
    shifts: Mapping[str, Array]
    errors: Mapping[str, float]
    error: float
    validation_samples: int
    inferences: int = 0
    ends: tuple[tuple[Unit, float], ...] = ()
    repair: Repair | None = None
    budget: float | None = None
    judged_at: str = "at the outputs"

    @property
    def in_float(self) -> tuple[tuple[Unit, float], ...]:
        """All units that were reverted to float, each with its share of the squared error."""
        return self.ends + (() if self.repair is None else self.repair.units)

    @property
    def misses_budget(self) -> bool:
        """Whether the error is above what was allowed."""
        return self.budget is not None and self.error > self.budget

    def add_step(self, name: str, error: float) -> Evidence:
        """The evidence after a further step, in words, with the error of the outputs that it leaves."""
        return replace(self, errors={**self.errors, name: error}, error=error)

    @property
    def reason(self) -> str:
        """Why these ranges were chosen, in a sentence."""
        shown = ", ".join(f"{name} {error:.4f}" for name, error in self.errors.items())
        return f"smallest output error on {self.validation_samples} calibration samples ({shown})"


def choose_ranges_and_shifts(
    trial: Trial, widest: Choice, average: Choice | None, good: float = 0.0
) -> tuple[Choice, Evidence]:
    """Choose the ranges, and bias shifts if they help, whose outputs are closest to the float model.

    Near ties go to the widest ranges.

    Args:
        trial: the model.
        widest: every quantizer with its widest range.
        average: every quantizer with its average range where it has one; None if there is nothing to choose.
        good: the error below which no bias shifts are tried.
    """
    choices = {"widest": widest} if average is None else {"widest": widest, "average": average}
    plain = trial.measure_errors([(choice, {}) for choice in choices.values()])
    errors = dict(zip(choices, plain, strict=True))
    best = min(errors.values())
    close = [ranges for ranges in choices if good < best and errors[ranges] <= WORTH_IMPROVING * best]
    fitted = {ranges: trial.fit_shifts(choices[ranges]) for ranges in close}
    shifting = [ranges for ranges, shifts in fitted.items() if shifts]
    with_shifts = trial.measure_errors([(choices[ranges], fitted[ranges]) for ranges in shifting])
    shifted = dict(zip(shifting, with_shifts, strict=True))
    smallest = {ranges: min(errors[ranges], shifted.get(ranges, errors[ranges])) for ranges in close or errors}
    ranges = "average" if _is_clearly_closer(smallest) else next(iter(smallest))
    helps = shifted.get(ranges, errors[ranges]) < errors[ranges]
    all_errors = errors | {f"{name}, shifted": error for name, error in shifted.items()}
    error = shifted[ranges] if helps else errors[ranges]
    shifts = fitted[ranges] if helps else {}
    samples = trial.num_validation_samples
    return choices[ranges], Evidence(ranges, shifts, all_errors, error, samples, trial.inferences)


def _is_clearly_closer(errors: Mapping[str, float]) -> bool:
    """Whether the average ranges are to be chosen; ``errors`` are those of the ranges still in question."""
    return "average" in errors and errors["average"] <= CLEARLY_CLOSER * errors.get("widest", math.inf)


def try_ends_in_float(
    trial: Trial, choice: Choice, evidence: Evidence, ends: Sequence[Sequence[Unit]]
) -> tuple[Choice, Evidence]:
    """Revert the ends of the network to float where that pays (:mod:`openpot.search.network_ends`).

    Where weights are reverted with them, bias shifts are fitted again, to float weights.

    Args:
        trial: the model, in which all quantizers of the ends can be switched.
        choice: what acts now.
        evidence: what was found out about it.
        ends: units at the ends of the network that may stay in float.
    """
    candidate, error, reverted = revert_ends(trial, choice, evidence.shifts, evidence.error, ends)
    shifts = evidence.shifts
    if any(name not in choice for unit, _ in reverted for name in unit.quantizers):
        shifts, error = trial.try_shifts(candidate)
    if not reverted or not pays(error, evidence.error):
        return choice, evidence
    errors = {**evidence.errors, "ends in float": error}
    return candidate, replace(evidence, errors=errors, error=error, shifts=shifts, ends=reverted)


def find_error_limit(max_output_error: OutputErrorLimit, evidence: Evidence | None) -> float:
    """What error of the outputs further quantized layers may bring them to.

    Args:
        max_output_error: as stated; None, which keeps everything in INT8 that the plan quantizes, sets no limit for
            what it does not.
        evidence: what a trial found out; None if there was none.
    """
    if evidence is not None and evidence.budget is not None:
        return evidence.budget
    return DEFAULT_OUTPUT_ERROR if max_output_error is None or max_output_error == "auto" else max_output_error


def find_largest_ratio(first: Mapping[str, FakeQuantizeLimits], second: Mapping[str, FakeQuantizeLimits]) -> float:
    """The largest factor between the steps of two sets of limits, over the quantizers that both have; at least 1."""
    ratios = [1.0]
    for name in first.keys() & second.keys():
        ratio = np.divide(first[name].scale, second[name].scale)
        ratios.append(float(max(ratio.max(), 1 / ratio.min())))
    return max(ratios)

"""Back to float where the error of the outputs is above the budget: as little of the work as will do.

Units that go together (the quantizers around the same operations) are tried alone, with all others in float. Errors of
different units are nearly independent, so that their squares add up; what they add up to is compared with the error of
all units together, which takes care of the rest. Units are taken out in the order of error per work until the squares
that remain fit into the budget, the outputs are asked again, and so on. No model is compiled for any of this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from openpot.search.trial import Choice, Trial
from openpot.typing_aliases import Array

RUNS_ALONE = 72
"""About how many inferences try units alone: what four such runs cost is what one calibration item costs the peers."""
JUDGES_ALONE = range(2, 5)
"""Bounds of the number of judging items for that."""
ROUNDS = 8
"""How often the outputs are asked at most whether it is enough; every round takes out more."""


@dataclass(frozen=True)
class Unit:
    """What goes back to float together.

    Attributes:
        quantizers: names of quantizers.
        operations: names of the operations that they serve.
        work: about how many multiplications these do.
    """

    quantizers: tuple[str, ...]
    operations: tuple[str, ...]
    work: float


@dataclass(frozen=True, eq=False)
class Repair:
    """What went back to float.

    Attributes:
        units: in the order in which they were taken out, each with its share of the squared error.
        choice: the quantizers that are left.
        shifts: of the layers, fitted again.
        error: error of the worst output afterwards.
        floor: the error that is left with all units in float.
    """

    units: tuple[tuple[Unit, float], ...]
    choice: Choice
    shifts: Mapping[str, Array]
    error: float
    floor: float


def repair(
    trial: Trial, units: Sequence[Unit], choice: Choice, shifts: Mapping[str, Array], error: float, budget: float
) -> Repair:
    """Take units out of ``choice`` until the error of the worst output is within ``budget``, or none is left.

    Args:
        trial: the model.
        units: what can be taken out.
        choice: what acts now.
        shifts: of the layers.
        error: error of the worst output now, above the budget.
        budget: what it may be.
    """
    everything_off = without(choice, units)
    floor = trial.error(everything_off, shifts)
    shares = _shares_alone(trial, units, choice, shifts)
    order = sorted(range(len(units)), key=lambda number: (-shares[number] / units[number].work, number))
    taken = 0
    for _ in range(ROUNDS):
        if error <= budget or taken == len(units):
            break
        taken = _enough(shares[order], taken, error**2 - floor**2, budget**2 - floor**2)
        choice_now = without(choice, [units[number] for number in order[:taken]])
        error = trial.error(choice_now, shifts)
    chosen = [units[number] for number in order[:taken]]
    choice = without(choice, chosen)
    again = trial.fitted_shifts(choice)
    error_again = trial.error(choice, again)
    if error_again < error:
        shifts, error = again, error_again
    total = max(float(shares.sum()), np.finfo(np.float64).tiny)
    return Repair(
        tuple((unit, float(shares[number] / total)) for unit, number in zip(chosen, order, strict=False)),
        choice,
        shifts,
        error,
        floor,
    )


def _shares_alone(trial: Trial, units: Sequence[Unit], choice: Choice, shifts: Mapping[str, Array]) -> Array:
    """The squared error that each unit brings when it alone acts."""
    judges = min(max(RUNS_ALONE // len(units), JUDGES_ALONE[0]), JUDGES_ALONE[-1], trial.num_judges)
    everything_off = without(choice, units)
    floor = trial.error(everything_off, shifts, judges)
    alone = [
        trial.error({**everything_off, **{name: choice[name] for name in unit.quantizers}}, shifts, judges)
        for unit in units
    ]
    return np.maximum(np.square(alone) - floor**2, 0.0)


def _enough(shares: Array, taken: int, excess: float, allowed: float) -> int:
    """How many units, in the order of ``shares``, have to go until what remains fits; at least one more than now.

    Args:
        shares: squared errors of the units in the order in which they go.
        taken: how many are out already.
        excess: what the remaining ones really bring.
        allowed: what they may bring.
    """
    remaining = shares[::-1].cumsum()[::-1]
    scale = excess / max(float(remaining[taken]), np.finfo(np.float64).tiny)
    fits = np.flatnonzero(scale * np.append(remaining, 0.0) <= max(allowed, 0.0))
    return max(taken + 1, int(fits[0]))


def without(choice: Choice, units: Sequence[Unit]) -> Choice:
    """The choice with all quantizers of ``units`` off."""
    return {**choice, **dict.fromkeys((name for unit in units for name in unit.quantizers), None)}

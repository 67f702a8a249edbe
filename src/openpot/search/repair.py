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
"""About how many inferences try units alone: four of them cost what one calibration sample costs other tools."""
JUDGES_ALONE = range(2, 5)
"""Bounds of the number of validation samples for that."""
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
        shifts: of the layers, as they are now.
        error: error of the worst output now, above the budget.
        budget: what it may be.
    """
    _, floor = trial.shifted(without(choice, units))
    shares = _shares_alone(trial, units, choice)
    order = sorted(range(len(units)), key=lambda number: (-shares[number] / units[number].work, number))
    taken = 0
    for rounds_left in reversed(range(ROUNDS)):
        if error <= budget or taken == len(units):
            break
        enough = _enough(shares[order], taken, error**2 - floor**2, budget**2 - floor**2)
        taken = enough if rounds_left else len(units)
        shifts, error = trial.shifted(without(choice, [units[number] for number in order[:taken]]))
    chosen = [units[number] for number in order[:taken]]
    parts = _parts(shares)
    return Repair(
        tuple((unit, float(parts[number])) for unit, number in zip(chosen, order, strict=False)),
        without(choice, chosen),
        shifts,
        error,
        floor,
    )


def _parts(shares: Array) -> Array:
    """Shares of one; those that are infinite have it all."""
    finite = np.where(np.isinf(shares), 1.0, 0.0) if np.isinf(shares).any() else shares
    return np.asarray(finite / max(float(finite.sum()), np.finfo(np.float64).tiny))


def _shares_alone(trial: Trial, units: Sequence[Unit], choice: Choice) -> Array:
    """The squared error that each unit brings when it alone acts, with shifts that fit the model without any."""
    judges = min(max(RUNS_ALONE // max(len(units), 1), JUDGES_ALONE[0]), JUDGES_ALONE[-1], trial.num_validation_samples)
    everything_off = without(choice, units)
    shifts, _ = trial.shifted(everything_off)
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
    with np.errstate(invalid="ignore"):
        scale = excess / max(float(remaining[taken]), np.finfo(np.float64).tiny)
        # An error that is infinite makes this NaN: then no number of units is known to be too small.
        fits = np.flatnonzero(~(scale * np.append(remaining, 0.0) > max(allowed, 0.0)))
    return max(taken + 1, int(fits[0]), int(np.isinf(shares).sum()))


def without(choice: Choice, units: Sequence[Unit]) -> Choice:
    """The choice with all quantizers of ``units`` off."""
    return {**choice, **dict.fromkeys((name for unit in units for name in unit.quantizers), None)}

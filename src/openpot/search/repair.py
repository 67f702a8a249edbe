"""Repairs a quantized model whose output error is above the budget, by reverting as little work to float as will do.

Squared errors of the units alone (:mod:`openpot.search.unit_errors`) are scaled to the measured squared error of all
units together. Units are reverted in the
order of squared error per work until the squares that remain fit into the budget; then the error is measured, and so
on. That order takes light units first, and reverting a heavy one later can make some of them needless: at the end these
are quantized again, as many as the squares allow; if the error is too large then, half as many. No model is compiled
for any of this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from openpot.search.trial import Trial
from openpot.search.trial_subject import Choice
from openpot.search.unit_errors import UnitErrors
from openpot.search.units import Unit, switch_off
from openpot.typing_aliases import Array

ROUNDS = 8
"""How often the error is measured at most; every round reverts more, and the last one everything."""
MAX_RESTORED = 6
"""How often reverted units are tried in INT8 again; each time costs one pass over the validation samples."""


@dataclass(frozen=True, eq=False)
class Repair:
    """What was reverted to float.

    Attributes:
        units: in the order in which they were reverted, each with its share of the squared error.
        choice: the quantizers that still act.
        shifts: bias shifts of the layers, fitted again.
        error: error of the worst output afterwards.
        floor: the error that remains with all units in float.
    """

    units: tuple[tuple[Unit, float], ...]
    choice: Choice
    shifts: Mapping[str, Array]
    error: float
    floor: float


def repair(
    unit_errors: UnitErrors,
    units: Sequence[Unit],
    choice: Choice,
    shifts: Mapping[str, Array],
    error: float,
    budget: float,
) -> Repair:
    """Revert units to float until the error of the worst output is within ``budget``, or none is left.

    Args:
        unit_errors: of the model under trial.
        units: what can be reverted.
        choice: what acts now.
        shifts: bias shifts of the layers now.
        error: error of the worst output now, above the budget.
        budget: the error that is allowed.
    """
    trial, total = unit_errors.trial, error**2
    _, floor = trial.try_shifts(switch_off(choice, units))
    squares = unit_errors.share_out(units, choice, budget)
    order = sorted(range(len(units)), key=lambda number: (-squares[number] / units[number].work, number))
    count = 0
    for rounds_left in reversed(range(ROUNDS)):
        if error <= budget or count == len(units):
            break
        enough = _count_to_revert(squares[order], count, error**2 - floor**2, budget**2 - floor**2)
        count = enough if rounds_left else len(units)
        shifts, error = trial.try_shifts(switch_off(choice, [units[number] for number in order[:count]]))
    reverted = [units[number] for number in order[:count]]
    shares = _normalize(squares)
    repaired = Repair(
        tuple((unit, float(shares[number])) for unit, number in zip(reverted, order, strict=False)),
        switch_off(choice, reverted),
        shifts,
        error,
        floor,
    )
    return _requantize_needless(trial, choice, repaired, budget, total - floor**2) if error <= budget else repaired


def _requantize_needless(trial: Trial, choice: Choice, repaired: Repair, budget: float, total: float) -> Repair:
    """The repair without units that need not have gone, now that the others have.

    Args:
        trial: the model.
        choice: what acted before the repair.
        repaired: within the budget.
        budget: the error that is allowed.
        total: the squared error of all units together.
    """
    reverted, error = list(repaired.units), repaired.error
    most = len(reverted)
    for _ in range(MAX_RESTORED):
        needless = _find_needless(reverted, (budget**2 - error**2) / max(total, np.finfo(np.float64).tiny))[:most]
        if not needless:
            break
        fewer = [entry for entry in reverted if entry[0] not in needless]
        attempt = trial.measure_error(switch_off(choice, [unit for unit, _ in fewer]), repaired.shifts)
        if attempt <= budget:
            reverted, error = fewer, attempt
        else:
            most = len(needless) // 2
    if len(reverted) == len(repaired.units):
        return repaired
    remaining, shifts = switch_off(choice, [unit for unit, _ in reverted]), repaired.shifts
    fitted_shifts, fitted_error = trial.try_shifts(remaining)
    if fitted_error <= error:
        shifts, error = fitted_shifts, fitted_error
    return replace(repaired, units=tuple(reverted), choice=remaining, shifts=shifts, error=error)


def _find_needless(reverted: Sequence[tuple[Unit, float]], spare: float) -> list[Unit]:
    """Units whose shares of the squared error fit together into what is left of it, those first that do most work."""
    fitting = sorted((entry for entry in reverted if entry[1] <= spare), key=lambda entry: entry[1] / entry[0].work)
    sums = np.cumsum([share for _, share in fitting])
    return [unit for (unit, _), total in zip(fitting, sums, strict=True) if total <= spare]


def _normalize(squares: Array) -> Array:
    """Shares that add up to 1; if some squares are infinite, these have equal shares and the others none."""
    finite = np.where(np.isinf(squares), 1.0, 0.0) if np.isinf(squares).any() else squares
    return np.asarray(finite / max(float(finite.sum()), np.finfo(np.float64).tiny))


def _count_to_revert(squares: Array, count: int, excess: float, allowed: float) -> int:
    """How many units, in the order of ``squares``, have to be reverted until the rest fits; at least one more than now.

    Args:
        squares: squared errors of the units in the order in which they are reverted.
        count: how many are reverted already.
        excess: the measured squared error of the remaining ones.
        allowed: what it may be.
    """
    remaining = squares[::-1].cumsum()[::-1]
    with np.errstate(invalid="ignore"):
        scale = excess / max(float(remaining[count]), np.finfo(np.float64).tiny)
        # An error that is infinite makes this NaN: then no number of units is known to be too small.
        fits = np.flatnonzero(~(scale * np.append(remaining, 0.0) > max(allowed, 0.0)))
    return max(count + 1, int(fits[0]), int(np.isinf(squares).sum()))

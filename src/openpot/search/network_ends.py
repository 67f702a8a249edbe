"""The small operations at both ends of a network, which often bring much of the error for hardly any of the work.

The rounding errors of the last layer reach the output undiluted, and those of the first go through everything. If the
output error gets clearly smaller without them, these ends are reverted to float; no other operation is looked at as
long as the error is within its budget.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate, takewhile

from openpot.search.trial import Trial
from openpot.search.trial_subject import Choice
from openpot.search.units import Unit, switch_off
from openpot.typing_aliases import Array

MAX_UNITS = 3
"""Units that are tried at each end, at most."""

SHARE_OF_LAST, SHARE_OF_FIRST = 0.03, 0.01
"""Work that the last and the first units may do, as a share of all work. First layers see large tensors, and their
results in float cost more than the multiplications."""

WORTHWHILE = 0.8
"""An end stays in float if that leaves at most this share of the squared error."""


def find_small_ends(units: Sequence[Unit]) -> tuple[tuple[Unit, ...], ...]:
    """The last and the first units, in topological order, as far as they do little of the work; none twice."""
    total = sum(unit.work for unit in units)
    last = _take_leading(units[::-1], SHARE_OF_LAST * total)
    first = tuple(unit for unit in _take_leading(units, SHARE_OF_FIRST * total) if unit not in last)
    return tuple(end for end in (last, first) if end)


def revert_ends(
    trial: Trial, choice: Choice, shifts: Mapping[str, Array], error: float, ends: Sequence[Sequence[Unit]]
) -> tuple[Choice, float, tuple[tuple[Unit, float], ...]]:
    """Revert ends of the network to float, one after the other, where that pays.

    Args:
        trial: the model.
        choice: what acts now.
        shifts: bias shifts of the layers; they stay as they are.
        error: error of the worst output now.
        ends: from :func:`find_small_ends`.

    Returns:
        The choice, its error, and the units that were reverted, each with its share of the squared error.
    """
    reverted: list[tuple[Unit, float]] = []
    for end in ends if error > 0 else ():
        candidate = switch_off(choice, end)
        candidate_error = trial.measure_error(candidate, shifts)
        if pays(candidate_error, error):
            reverted += [(unit, (1 - candidate_error**2 / error**2) / len(end)) for unit in end]
            choice, error = candidate, candidate_error
    return choice, error, tuple(reverted)


def pays(error: float, before: float) -> bool:
    """Whether an error is enough below the one before; never if that was zero, or if both are infinite."""
    return error**2 < WORTHWHILE * before**2


def _take_leading(units: Sequence[Unit], work: float) -> tuple[Unit, ...]:
    sums = accumulate(unit.work for unit in units)
    count = len(list(takewhile(lambda total: total <= work, sums)))
    return tuple(units[: min(count, MAX_UNITS)])

"""How certain a mean over samples is: the percentile bootstrap (Efron, "Bootstrap methods", 1979)."""

from __future__ import annotations

import numpy as np

from openpot.typing_aliases import Array

DRAWS = 2000
TAIL = 0.025
"""Share of the draws beyond each end: the interval holds 95 %."""
_NUMBERS_AT_ONCE = 2**17
"""Of samples drawn: 1 MiB, however many samples there are."""


def bootstrap_interval(totals: Array, counts: Array, seed: int = 0) -> tuple[float, float]:
    """Ends of the interval of ``sum(totals) / sum(counts)`` when samples are drawn anew.

    Args:
        totals: of each sample; what belongs to one sample (its tokens) is drawn together.
        counts: what each total is spread over, such as its number of tokens.
        seed: of the draws.
    """
    generator = np.random.default_rng(seed)
    size = len(totals)
    rows = max(1, _NUMBERS_AT_ONCE // size)
    means = []
    for start in range(0, DRAWS, rows):
        draws = generator.integers(0, size, (min(rows, DRAWS - start), size))
        means.append(totals[draws].sum(axis=1) / counts[draws].sum(axis=1))
    low, high = np.quantile(np.concatenate(means), [TAIL, 1 - TAIL])
    return float(low), float(high)


def bootstrap_paired_change(before: Array, after: Array, seed: int = 0) -> tuple[float, float]:
    """Ends of the interval of ``mean(after) - mean(before)`` when samples are drawn anew, each with both its values.

    Values that are all hits or misses (1 or 0) say nothing about samples that are rarer than one in their number: as
    in the interval for matched proportions of Agresti and Min ("Simple improved confidence intervals for comparing
    matched proportions", 2005), half a sample is added to each of hit and miss, miss and hit, hit and hit, miss and
    miss. Here these are two more differences with the same sum and squared sum.

    Args:
        before: one value for each sample.
        after: the same for the other model.
        seed: of the draws.
    """
    changes = np.asarray(after, np.float64) - np.asarray(before, np.float64)
    if np.isin(before, (0.0, 1.0)).all() and np.isin(after, (0.0, 1.0)).all():
        changes = np.concatenate([changes, [np.sqrt(0.5), -np.sqrt(0.5)]])
    return bootstrap_interval(changes, np.ones(len(changes)), seed)


def compute_pseudo_values(whole: float, without: Array) -> Array:
    """What each of some groups of samples contributes to a value (Tukey's pseudo-values); their mean estimates it.

    Args:
        whole: the value over all groups.
        without: the value without each group, shape ``(groups,)``.
    """
    groups = len(without)
    return groups * whole - (groups - 1) * np.asarray(without, np.float64)

"""How certain a mean over samples is: the percentile bootstrap (Efron, "Bootstrap methods", 1979)."""

from __future__ import annotations

import numpy as np

from openpot.typing_aliases import Array

DRAWS = 2000
TAIL = 0.025
"""Share of the draws beyond each end: the interval holds 95 %."""


def bootstrap_interval(totals: Array, counts: Array, seed: int = 0) -> tuple[float, float]:
    """Ends of the interval of ``sum(totals) / sum(counts)`` when samples are drawn anew.

    Args:
        totals: of each sample; what belongs to one sample (its tokens) is drawn together.
        counts: what each total is spread over, such as its number of tokens.
        seed: of the draws.
    """
    draws = np.random.default_rng(seed).integers(0, len(totals), (DRAWS, len(totals)))
    means = totals[draws].sum(axis=1) / counts[draws].sum(axis=1)
    low, high = np.quantile(means, [TAIL, 1 - TAIL])
    return float(low), float(high)

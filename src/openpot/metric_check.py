"""Whether a metric says the same twice about one model and the same samples: else no drop can be read off it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.data.sampler import create_sampler
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import OpenPotError, OpenPotWarning
from openpot.graph.model import CompressedModel

if TYPE_CHECKING:
    from openpot.data.loader import DataLoader
    from openpot.data.metric import Metric
    from openpot.graph.types import Model

CHECKED_SAMPLES = 4
SAME_VALUE = 1e-4
"""Values that differ by more than this share are not the same; rounding differs by less."""


def warn_if_not_reproducible(source: Model, loader: DataLoader, metric: Metric | None) -> Mapping[str, Any]:
    """Evaluate the float model twice on a few samples; in between on one of them, to see whether ``reset`` clears it.

    A metric that cannot be computed on so few samples is left to the evaluation of all.

    Returns:
        The values on these samples; empty where there are none.
    """
    if metric is None:
        return {}
    engine = IEEngine({"device": "CPU"}, loader, metric)
    engine.set_model(CompressedModel(graph=source))
    samples = range(min(CHECKED_SAMPLES, len(loader)))
    try:
        first, _, second = (_evaluate(engine, chosen) for chosen in (samples, samples[:1], samples))
    except OpenPotError:
        return {}
    changed = [name for name in first if not _is_same(first[name], second.get(name))]
    if changed:
        told = "; ".join(f"{name} was {first[name]}, then {second.get(name)}" for name in changed)
        warnings.warn(
            f"the metric is not reproducible: evaluated twice on the same {len(samples)} sample(s) of the float model, "
            f"{told}. Is there chance in the metric or in the data, or does reset() forget too little? Drops of the "
            "metric are uncertain by as much",
            OpenPotWarning,
            stacklevel=2,
        )
    return first


def _evaluate(engine: IEEngine, samples: Sequence[int]) -> Mapping[str, Any]:
    metrics, _ = engine.predict(sampler=create_sampler(engine, samples))
    return dict(metrics or {})


def _is_same(first: Any, second: Any) -> bool:
    try:
        values = np.asarray(first, np.float64), np.asarray(second, np.float64)
        return np.allclose(*values, rtol=SAME_VALUE, atol=1e-12, equal_nan=True)
    except (TypeError, ValueError):
        return bool(first == second)

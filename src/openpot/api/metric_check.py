"""Whether a metric says the same twice about one model and the same samples: else no drop can be read off it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.data.annotated import AnnotatedSamples
from openpot.data.sample import load_sample
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
    """Evaluate the float model twice on a few samples.

    In between it is given the annotations of the wrong samples: if ``reset`` does not clear what came of that, the
    second value shows it, also where the metric of the float model is perfect.
    A metric that cannot be computed on so few samples is left to the evaluation of all.

    Returns:
        The values on these samples; empty where there are none.
    """
    if metric is None:
        return {}
    samples = range(min(CHECKED_SAMPLES, len(loader)))
    try:
        first = _evaluate(source, loader, metric, samples)
        with suppress(OpenPotError):  # wrong annotations may have another shape
            _evaluate(source, _shift_annotations(loader, samples), metric, samples)
        second = _evaluate(source, loader, metric, samples)
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


def _evaluate(source: Model, loader: DataLoader, metric: Metric, samples: Sequence[int]) -> Mapping[str, Any]:
    engine = IEEngine({"device": "CPU"}, loader, metric)
    engine.set_model(CompressedModel(graph=source))
    metrics, _ = engine.predict(sampler=create_sampler(engine, samples))
    return dict(metrics or {})


def _shift_annotations(loader: DataLoader, samples: Sequence[int]) -> DataLoader:
    """The samples, each with the annotation of the next one, the last with that of the first."""
    annotations = [load_sample(loader, sample).annotation for sample in samples]
    return AnnotatedSamples(loader, lambda sample: annotations[(sample.index + 1) % len(annotations)])


def _is_same(first: Any, second: Any) -> bool:
    try:
        values = np.asarray(first, np.float64), np.asarray(second, np.float64)
        return np.allclose(*values, rtol=SAME_VALUE, atol=1e-12, equal_nan=True)
    except (TypeError, ValueError):
        return bool(first == second)

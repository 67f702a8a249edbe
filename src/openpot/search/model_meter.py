"""The metrics of models through the engine of the user, each evaluated once and noted in the journal."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.data.sampler import create_sampler
from openpot.engine.call_predict import call_predict
from openpot.engine.direct_engine import reports_sample_numbers
from openpot.errors import MetricError, OpenPotError
from openpot.search.accuracy_target import check_metrics
from openpot.search.evaluation_journal import EvaluationJournal, hash_parts
from openpot.statistics.calibration_subset import count_samples

if TYPE_CHECKING:
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel

logger = logging.getLogger(__name__)

SAME_VALUE = 1e-4
"""Evaluations of one model that differ by more (as a share) were made on other data."""


@dataclass(frozen=True)
class Measured:
    """Metrics of a model, its values for each sample by metric (empty if unknown), and whether a journal had them."""

    metrics: Mapping[str, float]
    per_sample: Mapping[str, Sequence[float | None]]
    resumed: bool = False


class ModelMeter:
    """Evaluates models on the samples of an engine.

    The first evaluation of a run is made even if the journal knows it: if it comes out otherwise, data or metric are
    not what they were, and the journal is not used.

    Args:
        engine: runs models, and has the metric.
        names: the metrics that count.
        journal: knows earlier evaluations.

    Attributes:
        evaluations: how many were really made.
    """

    def __init__(self, engine: Engine, names: Sequence[str], journal: EvaluationJournal) -> None:
        self.engine, self.names, self.journal = engine, tuple(names), journal
        self.num_samples = count_samples(engine)
        self.evaluations = 0
        kind = type(engine)
        metric = type(getattr(engine, "metric", None)).__qualname__
        self._data = [self.num_samples, f"{kind.__module__}.{kind.__qualname__}", metric, sorted(self.names)]
        self._is_checked = False
        self._tells_samples = reports_sample_numbers(engine)

    def key(self, *parts: Any) -> str:
        """A key of the journal for something that depends on the data, on the metrics and on ``parts``."""
        return hash_parts(self._data, *parts)

    def measure(self, model: CompressedModel, digest: str, about: str) -> Measured:
        """The metrics of a model over the whole data set.

        Args:
            model: the model.
            digest: a hash of it.
            about: what it is, for people who read the journal.

        Raises:
            NotFiniteMetricError: a value is NaN or infinite.
            MetricError: the metric raised, or gave no value.
            OpenPotError: the model cannot be run.
        """
        key = self.key("evaluation", digest)
        known = self.journal.get(key)
        if known is not None and self._is_checked:
            return Measured(known["metrics"], known["per_sample"], resumed=True)
        found = self._evaluated(model)
        if known is not None and not _agree(known["metrics"], found.metrics):
            logger.warning(
                "the journal is not used: %s has %s now, and %s was noted", about, dict(found.metrics), known["metrics"]
            )
            self.journal.forget()
            known = None
        self._is_checked = True
        if known is None:
            self.journal.add(key, {"metrics": dict(found.metrics), "per_sample": dict(found.per_sample)}, about)
        return found

    def measure_samples(self, model: CompressedModel, samples: Sequence[int] | None) -> dict[str, float]:
        """The metrics of a model over some samples; None for all. Not noted."""
        sampler = None if samples is None else create_sampler(self.engine, samples)
        metrics, _ = self._predicted(model, sampler, per_sample=False)
        return check_metrics(metrics, self.names)

    def values_of_samples(self, model: CompressedModel, samples: Sequence[int]) -> dict[int, dict[str, float | None]]:
        """The values of single samples, ``{sample: {metric: value}}``; empty if the engine does not tell them."""
        if not self._tells_samples:
            return {}
        _, records = self._predicted(model, create_sampler(self.engine, samples), per_sample=True)
        found: dict[int, dict[str, float | None]] = {}
        for record in records:
            found.setdefault(record["sample_id"], {})[record["metric_name"]] = _number(record["result"])
        return found

    def _evaluated(self, model: CompressedModel) -> Measured:
        self.evaluations += 1
        metrics, records = None, None
        if self._tells_samples:
            try:
                metrics, records = self._predicted(model, None, per_sample=True)
            except MetricError as error:  # often only the values of single samples are missing
                logger.info("no values of single samples: %s", error)
                self._tells_samples = False
        if not self._tells_samples:
            metrics, records = self._predicted(model, None, per_sample=False)
        return Measured(check_metrics(metrics, self.names), self._by_sample(records or []))

    def _predicted(self, model: CompressedModel, sampler: Any, per_sample: bool) -> tuple[Any, list[dict[str, Any]]]:
        try:
            self.engine.set_model(model)
            # Engines that can do without metrics while calibrating look at this attribute.
            self.engine.calculate_metrics = True  # type: ignore[attr-defined]
            metrics, _ = call_predict(self.engine, sampler=sampler, metric_per_sample=per_sample)
        except (OpenPotError, MemoryError):
            raise
        except Exception as error:
            raise MetricError(f"evaluating a model raised {type(error).__name__}: {error}") from error
        if per_sample and isinstance(metrics, tuple):
            return metrics[1], list(metrics[0])
        return metrics, []

    def _by_sample(self, records: Sequence[Mapping[str, Any]]) -> dict[str, list[float | None]]:
        """Values of the samples in their order, of the metrics that tell them for each sample once."""
        found: dict[str, list[float | None]] = {}
        for name in self.names:
            own = [record for record in records if record["metric_name"] == name]
            if own and [record["sample_id"] for record in own] == list(range(self.num_samples or 0)):
                found[name] = [_number(record["result"]) for record in own]
        return found


def _number(value: Any) -> float | None:
    """The mean of what a metric says about a sample, as POT took it; None if that is no finite number."""
    try:
        values = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        return None
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if finite.size else None


def _agree(noted: Mapping[str, float], found: Mapping[str, float]) -> bool:
    return noted.keys() == found.keys() and all(
        abs(noted[name] - value) <= SAME_VALUE * max(abs(value), 1e-6) for name, value in found.items()
    )

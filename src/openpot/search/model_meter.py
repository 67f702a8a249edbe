"""Evaluates models with the metrics of the user's engine, each once, and writes the results into the journal."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.current_run import CurrentRun, current_run
from openpot.data.metric_identity import identify_metric
from openpot.data.sampler import create_sampler
from openpot.engine.call_predict import call_predict
from openpot.engine.direct_engine import reports_sample_numbers
from openpot.errors import MetricError, OpenPotError
from openpot.progress import current_progress, stage
from openpot.search.accuracy_target import check_metrics
from openpot.statistics.calibration_subset import count_samples

if TYPE_CHECKING:
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel

logger = logging.getLogger(__name__)

SAME_VALUE = 1e-4
"""Two evaluations of one model that differ by more than this share were made on different data."""


@dataclass(frozen=True)
class Measurement:
    """Metrics of a model, the values of each sample by metric (empty if unknown), and whether the journal had them."""

    metrics: Mapping[str, float]
    per_sample: Mapping[str, Sequence[float | None]]
    resumed: bool = False


class ModelMeter:
    """Evaluates models on the samples of an engine.

    The first evaluation is made even if the journal has it: if the result differs, data or metric are not what they
    were, and the journal is not used. The journal of the current run needs no such check: data and metric were looked
    at when it was opened.

    Args:
        engine: runs models, and has the metric.
        names: the metrics that count.
        run: its journal has earlier evaluations.

    Attributes:
        evaluations: how many were really made.
    """

    def __init__(self, engine: Engine, names: Sequence[str], run: CurrentRun) -> None:
        self.engine, self.names, self.run = engine, tuple(names), run
        self.num_samples = count_samples(engine)
        self.evaluations = 0
        kind = type(engine)
        metric = identify_metric(getattr(engine, "metric", None))
        self._data = [self.num_samples, f"{kind.__module__}.{kind.__qualname__}", metric, sorted(self.names)]
        self._is_checked = run is current_run()
        self._reports_samples = reports_sample_numbers(engine)

    def make_key(self, *parts: Any) -> str:
        """A key of the journal for something that depends on the data, on the metrics and on ``parts``."""
        return self.run.make_key(self.run.metric, self._data, *parts)

    def measure(self, model: CompressedModel, digest: str, about: str) -> Measurement:
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
        key = self.make_key("evaluation", digest)
        entry = self.run.journal.get(key)
        if entry is not None and self._is_checked:
            return Measurement(entry["metrics"], entry["per_sample"], resumed=True)
        measurement = self._evaluate(model)
        metrics = dict(measurement.metrics)
        if entry is not None and not _agree(entry["metrics"], metrics):
            logger.warning(
                "the journal is not used: %s has %s now, and %s in the journal", about, metrics, entry["metrics"]
            )
            self.run.journal.forget()
            entry = None
        self._is_checked = True
        if entry is None:
            self.run.add(key, {"metrics": metrics, "per_sample": dict(measurement.per_sample)}, about)
        return measurement

    def measure_samples(self, model: CompressedModel, samples: Sequence[int] | None) -> dict[str, float]:
        """The metrics of a model over some samples; None for all. The journal is not used."""
        sampler = None if samples is None else create_sampler(self.engine, samples)
        metrics, _ = self._predict(model, sampler, per_sample=False)
        return check_metrics(metrics, self.names)

    def measure_single_samples(
        self, model: CompressedModel, samples: Sequence[int]
    ) -> dict[int, dict[str, float | None]]:
        """The values of single samples, ``{sample: {metric: value}}``; empty if the engine does not report them."""
        if not self._reports_samples:
            return {}
        _, records = self._predict(model, create_sampler(self.engine, samples), per_sample=True)
        values: dict[int, dict[str, float | None]] = {}
        for record in records:
            values.setdefault(record["sample_id"], {})[record["metric_name"]] = _compute_average(record["result"])
        return values

    def _evaluate(self, model: CompressedModel) -> Measurement:
        self.evaluations += 1
        with stage(current_progress(), f"evaluating model {self.evaluations} of the search"):
            return self._evaluate_whole(model)

    def _evaluate_whole(self, model: CompressedModel) -> Measurement:
        metrics, records = None, None
        if self._reports_samples:
            try:
                metrics, records = self._predict(model, None, per_sample=True)
            except MetricError as error:  # often only the values of single samples are missing
                logger.info("no values of single samples: %s", error)
                self._reports_samples = False
        if not self._reports_samples:
            metrics, records = self._predict(model, None, per_sample=False)
        return Measurement(check_metrics(metrics, self.names), self._group_by_sample(records or []))

    def _predict(self, model: CompressedModel, sampler: Any, per_sample: bool) -> tuple[Any, list[dict[str, Any]]]:
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

    def _group_by_sample(self, records: Sequence[Mapping[str, Any]]) -> dict[str, list[float | None]]:
        """Values of the samples in their order, of the metrics that report each sample once."""
        values: dict[str, list[float | None]] = {}
        for name in self.names:
            chosen = [record for record in records if record["metric_name"] == name]
            if chosen and [record["sample_id"] for record in chosen] == list(range(self.num_samples or 0)):
                values[name] = [_compute_average(record["result"]) for record in chosen]
        return values


def _compute_average(value: Any) -> float | None:
    """The mean of what a metric returns for a sample, as in POT; None if that is no finite number."""
    try:
        values = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        return None
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if finite.size else None


def _agree(first: Mapping[str, float], second: Mapping[str, float]) -> bool:
    return first.keys() == second.keys() and all(
        abs(first[name] - value) <= SAME_VALUE * max(abs(value), 1e-6) for name, value in second.items()
    )

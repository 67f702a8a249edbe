"""The metric of a model over a data set, with what it says about single samples."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from openpot.current_run import current_run, recorded
from openpot.data.callable_metric import describe_value
from openpot.data.data_identity import identify_data
from openpot.data.held_out_samples import SelectedSamples
from openpot.data.sample_scores import RecordingMetric, SampleScores, restore_scores
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import MetricError, OpenPotWarning
from openpot.graph.model import CompressedModel
from openpot.graph.model_digest import model_digest
from openpot.measure.metric_change import MetricChange, compare_metrics
from openpot.progress import stage

if TYPE_CHECKING:
    from openpot.data.loader import DataLoader
    from openpot.data.metric import Metric
    from openpot.graph.types import Model
    from openpot.progress import Progress


@dataclass(frozen=True, eq=False)
class MetricEvaluation:
    """The metric of one model.

    Attributes:
        values: by name.
        scores: by name of the value, what the metric said about single samples, as far as it does.
        samples: how many the metric was shown: those of the data set that have an annotation.
    """

    values: Mapping[str, float]
    scores: Mapping[str, SampleScores] = field(default_factory=dict)
    samples: int = 0

    def to_plain(self) -> dict[str, Any]:
        """The evaluation in plain values, from which :func:`openpot.data.sample_scores.restore_scores` goes on."""
        evidence = {name: scores.evidence for name, scores in self.scores.items()}
        return {"values": dict(self.values), "evidence": evidence, "samples": self.samples}

    def compare_with(self, after: MetricEvaluation) -> dict[str, MetricChange]:
        """The change of each value to that of another model on the same samples."""
        return compare_metrics(self.values, after.values, self.scores, after.scores)


def evaluate_metric(model: Model, loader: DataLoader, metric: Metric, progress: Progress) -> MetricEvaluation:
    """The values of the metric over the whole data set; a warning says how many samples have no annotation.

    Raises:
        DataError: a sample cannot be used.
        MetricError: no sample has an annotation, or a value is not a finite number.
    """
    plain = recorded(
        "metric",
        lambda: [model_digest(model), current_run().metric, identify_data(loader)],
        lambda: _evaluate(model, loader, metric, progress).to_plain(),
    )
    evaluation = MetricEvaluation(plain["values"], restore_scores(metric, plain["evidence"]), plain["samples"])
    if evaluation.samples < len(loader):
        warnings.warn(
            f"the metric was measured on {evaluation.samples} of {len(loader)} {_name_sample(loader)}s: the others "
            "have no annotation; give pairs (sample, annotation)",
            OpenPotWarning,
            stacklevel=2,
        )
    return evaluation


def _name_sample(loader: DataLoader) -> str:
    return "held-out sample" if isinstance(loader, SelectedSamples) else "sample"


def _evaluate(model: Model, loader: DataLoader, metric: Metric, progress: Progress) -> MetricEvaluation:
    recorder = RecordingMetric(metric)
    engine = IEEngine({"device": "CPU"}, loader, recorder)
    engine.set_model(CompressedModel(graph=model))
    with stage(progress, "evaluating the metric"):
        values, _ = engine.predict()
    if not values:
        raise MetricError(
            f"the metric was never asked: no {_name_sample(loader)} has an annotation; give pairs (sample, annotation)"
        )
    require_named_values(metric, values)
    finite = {str(name): require_finite(str(name), value) for name, value in values.items()}
    return MetricEvaluation(finite, recorder.scores, recorder.samples)


def require_named_values(metric: Metric, values: Mapping[str, Any]) -> None:
    """A value without attributes has no direction, and nobody knows whether it fell.

    Raises:
        MetricError: ``avg_value`` and ``get_attributes()`` name other values.
    """
    given, named = sorted(map(str, values)), sorted(map(str, metric.get_attributes()))
    if named and given != named:
        raise MetricError(f"avg_value of the metric names {given}, get_attributes() names {named}: make them agree")


def require_finite(name: str, value: Any) -> float:
    """A value of a metric as a number.

    Raises:
        MetricError: it is not a finite number.
    """
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise MetricError(f"the metric {name!r} is {describe_value(value)} over the data set: expected a finite number")
    return number

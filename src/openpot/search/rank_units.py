"""Scores of units: the metric on a few samples with a unit that is quantized alone, all others in float.

One trial graph, compiled once, scores all units of a variant: its quantizers are switched, nothing is compiled again.
Its outputs go through the engine's own hooks to the engine's own metric. For engines that keep their inferences to
themselves, and for cascades, every unit is a model that is really made.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from openpot.engine.direct_engine import find_direct_engine
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import MetricError
from openpot.graph.model import CompressedModel
from openpot.optional_stage import optional_stage
from openpot.placement.plan import QuantizerKind
from openpot.search.accuracy_target import MetricLimit, check_metrics
from openpot.search.model_meter import ModelMeter
from openpot.search.quantized_variant import QuantizedVariant
from openpot.search.repair import Unit
from openpot.search.trial import TrialSubject, shift_places
from openpot.trial.judged_outputs import find_compared_tensors, find_output_tensors
from openpot.trial.metric_trial import MetricTrial
from openpot.trial.trial_graph import TrialGraph, build_trial_graph
from openpot.typing_aliases import Array

logger = logging.getLogger(__name__)

LARGEST_ERROR = 1e9
"""Stands for an infinite error of the outputs."""

ONE_BY_ONE = "Models are made and evaluated one by one, which takes longer"


@dataclass(frozen=True)
class UnitScore:
    """Metrics on the ranking samples, and the error of the worst output where that is known."""

    metrics: Mapping[str, float]
    error: float


class UnitRanking:
    """Scores the units of one variant.

    Args:
        meter: the engine, and the journal.
        original: the float model.
        variant: what the units are of.
        samples: numbers of the samples that score; None for all, where the engine keeps its data to itself.

    Attributes:
        inferences: how many were made so far.
    """

    def __init__(
        self, meter: ModelMeter, original: CompressedModel, variant: QuantizedVariant, samples: Sequence[int] | None
    ) -> None:
        self._meter, self._original, self._variant, self._samples = meter, original, variant, samples
        self._trial: MetricTrial | None = None
        self._is_tried = False
        self.inferences = 0

    def rank(self, limit: MetricLimit, for_work: bool = True) -> list[Unit]:
        """All units, those first that lose most when they alone are quantized, for the work that float costs or not.

        What a unit loses is its share of what all lose of the metric, plus its share of the squared error of the
        outputs: a metric of right and wrong tells little on few samples, and errors alone do not know what matters.

        Raises:
            MetricError: the metric raised, or gave no number.
        """
        units = list(self._variant.units)
        scores = [self._score([one for one in units if one is not unit]) for unit in units]
        floor = self._score(units)
        drops = np.array([limit.drop(score.metrics) - limit.drop(floor.metrics) for score in scores])
        errors = np.array([score.error**2 - floor.error**2 for score in scores])
        price = _shares(drops) + _shares(errors)
        if for_work:
            price = price / np.array([unit.work for unit in units])
        return [units[number] for number in np.argsort(-price, kind="stable").tolist()]

    def _score(self, in_float: Sequence[Unit]) -> UnitScore:
        names = sorted(name for unit in in_float for name in unit.quantizers)
        samples = None if self._samples is None else list(self._samples)
        key = self._meter.key("score", self._variant.digest, names, samples)
        known = self._meter.journal.get(key)
        if known is not None:
            return UnitScore(known["metrics"], known["error"])
        found = self._measured(in_float)
        answer = {"metrics": dict(found.metrics), "error": found.error}
        self._meter.journal.add(key, answer, f"score with {len(in_float)} units in float")
        return found

    def _measured(self, in_float: Sequence[Unit]) -> UnitScore:
        trial = self._made_trial()
        if trial is not None:
            with optional_stage("scoring operations in one graph", ONE_BY_ONE, fatal=(MetricError,)):
                found = trial.measure(*_settings(trial.graph, self._variant, in_float))
                self.inferences += trial.num_samples
                return UnitScore(check_metrics(found.metrics, self._meter.names), min(found.error, LARGEST_ERROR))
            self._trial = None
        metrics = self._meter.measure_samples(self._variant.copy_with_reverted(in_float), self._samples)
        self.inferences += self._meter.num_samples or 0 if self._samples is None else len(self._samples)
        return UnitScore(metrics, 0.0)

    def _made_trial(self) -> MetricTrial | None:
        """The trial; None where models have to be made one by one."""
        if not self._is_tried:
            self._is_tried = True
            engine = find_direct_engine(self._meter.engine, self._original)
            if engine is not None and self._samples is not None:
                with optional_stage("switching quantizers in one graph", ONE_BY_ONE):
                    self._trial = self._compiled(engine, self._samples)
        return self._trial

    def _compiled(self, engine: IEEngine, samples: Sequence[int]) -> MetricTrial:
        reference = self._variant.reference.members[0].model
        outputs = find_output_tensors(reference)
        graph = build_switched_graph(self._variant)
        return MetricTrial(engine, self._original, graph, len(outputs), samples)


def build_switched_graph(variant: QuantizedVariant) -> TrialGraph:
    """The trial graph of a variant: judged are its outputs, then the tensors in front of a final Softmax or Sigmoid.

    Raises:
        ModelError: a quantizer cannot be switched.
    """
    reference = variant.reference.members[0].model
    snapshot = variant.reference.snapshot()
    planned = [record.planned for record in variant.switchable]
    limits = {one.name: (one.limits,) for one in variant.switchable if one.planned.kind != QuantizerKind.WEIGHTS}
    subject = TrialSubject(reference, variant.model.members[0].model, planned, limits)
    judged = [*find_output_tensors(reference), *find_compared_tensors(snapshot)]
    places = shift_places(snapshot, variant.shifts)
    names = [one.name for one in planned]
    return build_trial_graph(reference, subject.activations, subject.weights, places, judged, names)


def _settings(graph: TrialGraph, variant: QuantizedVariant, in_float: Sequence[Unit]) -> tuple[Array, Array]:
    """Controls and shifts: everything on but the quantizers of these units, and the shifts of their layers."""
    off = {name for unit in in_float for name in unit.quantizers}
    back = {operation for unit in in_float for operation in unit.operations}
    controls = graph.controls({record.name: 0 for record in variant.switchable if record.name not in off})
    return controls, graph.shifts({layer: variant.shifts[layer] for layer in graph.targets if layer not in back})


def _shares(losses: Array) -> Array:
    """What each has of all losses; nothing where nothing is lost."""
    positive = np.maximum(losses, 0.0)
    total = float(positive.sum())
    return positive / total if total > 0 else positive

"""Ranks units by the metric on a few samples with that unit alone quantized, all others in float.

One trial graph, compiled once, scores all units of a variant: its quantizers are switched, nothing is compiled again.
Its outputs go through the hooks and the metric of the user's engine. For engines that only predict, and for cascades, a
model is made for every unit.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from openpot.engine.direct_engine import find_direct_engine
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import MetricError
from openpot.graph.model import CompressedModel
from openpot.optional_stage import optional_stage
from openpot.placement.plan import QuantizerKind
from openpot.progress import current_progress
from openpot.search.accuracy_target import MetricLimit, check_metrics
from openpot.search.model_meter import ModelMeter
from openpot.search.quantized_variant import QuantizedVariant
from openpot.search.trial_subject import QUANTIZED, TrialSubject, find_shift_places
from openpot.search.units import Unit
from openpot.trial.compared_outputs import find_compared_tensors, find_output_tensors
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
    """Ranks the units of one variant.

    Args:
        meter: has the engine and the journal.
        original: the float model.
        variant: the model that consists of the units.
        samples: numbers of the samples that score; None for all, where the engine does not give access to its data.

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
        """All units, those first that lose most when they alone are quantized.

        What a unit loses is its share of the drops of all units, plus its share of their squared output errors: a
        metric of right and wrong says little on few samples, and output errors do not know what matters.

        Args:
            limit: the metric that counts.
            for_work: divide the loss by the work that float costs.

        Raises:
            MetricError: the metric raised, or gave no number.
        """
        units = list(self._variant.units)
        progress, scores = current_progress(), []
        models = [*([other for other in units if other is not unit] for unit in units), units]
        progress.start("ranking operations by what they lose", len(models))
        try:
            for score in self._score_each(models):
                scores.append(score)
                progress.advance()
        finally:
            progress.finish()
        floor = scores.pop()
        drops = np.array([limit.compute_drop(score.metrics) - limit.compute_drop(floor.metrics) for score in scores])
        errors = np.array([score.error**2 - floor.error**2 for score in scores])
        price = _normalize(drops) + _normalize(errors)
        if for_work:
            price = price / np.array([unit.work for unit in units])
        return [units[number] for number in np.argsort(-price, kind="stable").tolist()]

    def _score_each(self, models: Sequence[Sequence[Unit]]) -> Iterator[UnitScore]:
        """The scores of models, each by its units in float; those that the journal does not have are measured."""
        samples = None if self._samples is None else list(self._samples)
        names = [sorted(name for unit in in_float for name in unit.quantizers) for in_float in models]
        keys = [self._meter.make_key("score", self._variant.digest, entry, samples) for entry in names]
        entries = [self._meter.run.journal.get(key) for key in keys]
        missing = [in_float for in_float, entry in zip(models, entries, strict=True) if entry is None]
        measured = self._measure_each(missing)
        for in_float, key, entry in zip(models, keys, entries, strict=True):
            if entry is not None:
                yield UnitScore(entry["metrics"], entry["error"])
                continue
            score = next(measured)
            answer = {"metrics": dict(score.metrics), "error": score.error}
            self._meter.run.add(key, answer, f"score with {len(in_float)} units in float")
            yield score

    def _measure_each(self, models: Sequence[Sequence[Unit]]) -> Iterator[UnitScore]:
        """Scores out of one graph; from the first that fails on, of models that are made one by one."""
        trial, scored = self._get_trial(), 0
        if trial is not None:
            with optional_stage("scoring operations in one graph", ONE_BY_ONE, fatal=(MetricError,)):
                vectors = [_make_inputs(trial.graph, self._variant, in_float) for in_float in models]
                for measurement in trial.measure_each(vectors):
                    self.inferences += trial.num_samples
                    scored += 1
                    metrics = check_metrics(measurement.metrics, self._meter.names)
                    yield UnitScore(metrics, min(measurement.error, LARGEST_ERROR))
        if scored < len(models):
            self._trial = None
        for in_float in models[scored:]:
            metrics = self._meter.measure_samples(self._variant.copy_with_reverted(in_float), self._samples)
            self.inferences += self._meter.num_samples or 0 if self._samples is None else len(self._samples)
            yield UnitScore(metrics, 0.0)

    def _get_trial(self) -> MetricTrial | None:
        """The trial, compiled at the first call; None where models have to be made one by one."""
        if not self._is_tried:
            self._is_tried = True
            engine = find_direct_engine(self._meter.engine, self._original)
            if engine is not None and self._samples is not None:
                with optional_stage("switching quantizers in one graph", ONE_BY_ONE):
                    self._trial = self._compile(engine, self._samples)
        return self._trial

    def _compile(self, engine: IEEngine, samples: Sequence[int]) -> MetricTrial:
        reference = self._variant.reference.members[0].model
        outputs = find_output_tensors(reference)
        graph = build_switched_graph(self._variant)
        return MetricTrial(engine, self._original, graph, len(outputs), samples)


def build_switched_graph(variant: QuantizedVariant) -> TrialGraph:
    """The trial graph of a variant; it compares its outputs, then the tensors before a final Softmax or Sigmoid.

    Raises:
        ModelError: a quantizer cannot be switched.
    """
    reference = variant.reference.members[0].model
    snapshot = variant.reference.snapshot()
    planned = [record.planned for record in variant.switchable]
    activations = [record for record in variant.switchable if record.planned.kind != QuantizerKind.WEIGHTS]
    limits = {record.name: (record.limits,) for record in activations}
    subject = TrialSubject(reference, variant.model.members[0].model, planned, limits)
    compared = [*find_output_tensors(reference), *find_compared_tensors(snapshot)]
    places = find_shift_places(snapshot, variant.shifts)
    names = [quantizer.name for quantizer in planned]
    return build_trial_graph(reference, subject.activations, subject.weights, places, compared, names)


def _make_inputs(graph: TrialGraph, variant: QuantizedVariant, in_float: Sequence[Unit]) -> tuple[Array, Array]:
    """Controls and shifts: everything quantized and shifted but these units and their layers."""
    off = {name for unit in in_float for name in unit.quantizers}
    reverted = {operation for unit in in_float for operation in unit.operations}
    controls = graph.make_controls({record.name: QUANTIZED for record in variant.switchable if record.name not in off})
    shifts = {layer: variant.shifts[layer] for layer in graph.targets if layer not in reverted}
    return controls, graph.pack_shifts(shifts)


def _normalize(losses: Array) -> Array:
    """The positive losses as shares of their sum; zeros where nothing is lost."""
    positive = np.maximum(losses, 0.0)
    total = float(positive.sum())
    return positive / total if total > 0 else positive

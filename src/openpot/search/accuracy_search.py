"""Searches for a quantized model whose metrics are within their limits: by variants, then by units in float."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from openpot.config.accuracy_aware import AccuracyAwareConfig
from openpot.errors import MetricError
from openpot.graph.model import CompressedModel
from openpot.graph.model_digest import model_digest
from openpot.optional_stage import optional_stage
from openpot.rewrites.compress_weights import compress_model_weights
from openpot.search.accuracy_records import SearchStatus
from openpot.search.accuracy_target import AccuracyTarget, MetricLimit, Metrics, NotFiniteMetricError
from openpot.search.best_seen import BestSeen, SeenModel
from openpot.search.model_meter import Measurement, ModelMeter
from openpot.search.quantized_variant import QuantizedVariant
from openpot.search.rank_units import UnitRanking
from openpot.search.ranking_samples import choose_ranking_size, find_worst_samples, sample_randomly
from openpot.search.revert_units import UnitReverting
from openpot.search.units import Unit, list_operations
from openpot.statistics.calibration_subset import space_evenly

logger = logging.getLogger(__name__)

MakeVariant = Callable[[], QuantizedVariant]
INTERMEDIATE = "accuracy_aware_intermediate"


class AccuracySearch:
    """One search, which can be run once.

    Args:
        meter: evaluates models.
        original: the float model.
        target: the limits.
        settings: what the user asked for.
        before: the evaluation of the float model; None if the user gave its metrics.

    Attributes:
        seen: every model that was evaluated.
        current: the variant that was made last.
        failure: the error of the metric that ended the search; None if there was none.
        ranking_inferences: inferences that scored units.
    """

    def __init__(
        self,
        meter: ModelMeter,
        original: CompressedModel,
        target: AccuracyTarget,
        settings: AccuracyAwareConfig,
        before: Measurement | None,
    ) -> None:
        self._meter, self._original, self._settings, self._before = meter, original, settings, before
        self.seen = BestSeen(target)
        self.current: QuantizedVariant | None = None
        self.failure: MetricError | None = None
        self._starts: dict[str, Measurement] = {}
        self._ranking: UnitRanking | None = None

    @property
    def ranking_inferences(self) -> int:
        """Inferences that scored units."""
        return 0 if self._ranking is None else self._ranking.inferences

    @property
    def is_bound_by_latency(self) -> bool:
        """Whether the best model is as slow as the user allows: with more operations in float it would be slower."""
        best = self.seen.best
        curve = None if best is None else getattr(best.variant.result, "curve", None)
        return curve is not None and curve.max_ms is not None and curve.max_ms < curve.fp32_ms

    def run(self, first: MakeVariant, others: Iterable[MakeVariant]) -> SearchStatus:
        """Try the variants in their order until one is within the limits; else revert units of the best one to float.

        Args:
            first: makes the model quantized with the user's options.
            others: make what is tried before anything is reverted to float.

        Raises:
            OpenPotError: the first model cannot be made or run.
        """
        try:
            if self._try(first):
                return SearchStatus.REACHED
            for other in others:
                with optional_stage("another way to quantize", "It is left out", fatal=(MetricError,)):
                    if self._try(other):
                        return SearchStatus.REACHED
            if self.is_bound_by_latency:
                return SearchStatus.NOT_REACHED
            with optional_stage("returning operations to float", "The best model is kept", fatal=(MetricError,)):
                return self._revert()
            return SearchStatus.NOT_REACHED
        except NotFiniteMetricError as error:
            self.failure = error
            return SearchStatus.METRIC_NOT_FINITE
        except MetricError as error:
            self.failure = error
            return SearchStatus.METRIC_FAILED

    def _try(self, make: MakeVariant) -> bool:
        """Make a variant and evaluate it; returns whether it is within the limits."""
        self.current = make()
        logger.info("Start compressed model inference")
        metrics = self._evaluate(self.current, ())
        title = "Fully quantized metrics" if self.current.name == "quantized" else f"Metrics of {self.current.name!r}"
        logger.info("%s: %s", title, dict(metrics))
        logger.info("Accuracy drop: %s", self.seen.target.compute_drops(metrics))
        return self.seen.target.is_met(metrics)

    def _revert(self) -> SearchStatus:
        best = self.seen.best
        assert best is not None  # noqa: S101  the first variant was evaluated
        self.current = variant = best.variant
        logger.info("The total number of quantized operations in the graph: %d", variant.num_operations)
        reverting = UnitReverting(
            self.seen.target,
            self._evaluate_reverted,
            lambda limit, for_work: self._get_ranking(limit).rank(limit, for_work),
            self._settings.max_iter_num,
        )
        return reverting.run(best.metrics)

    def _evaluate_reverted(self, in_float: Sequence[Unit]) -> Metrics:
        assert self.current is not None  # noqa: S101  set before
        names = list_operations(in_float)
        precision = self.current.precision
        logger.info("Reverted %d layers to the %s precision: %s", len(names), precision, ", ".join(names))
        metrics = self._evaluate(self.current, in_float)
        logger.info("Accuracy drop with the new quantization scope is %s", self.seen.target.compute_drops(metrics))
        return metrics

    def _evaluate(self, variant: QuantizedVariant, in_float: Sequence[Unit]) -> Metrics:
        model = variant.copy_with_reverted(in_float) if in_float else variant.model
        digest = " ".join(model_digest(member.model) for member in model.members) if in_float else variant.digest
        about = f"{variant.name}, in float: {', '.join(list_operations(in_float)) or 'nothing'}"
        try:
            measurement = self._meter.measure(_compress_weights(model), digest, about)
        except MetricError:
            self.seen.add_failed(variant, in_float)
            raise
        if not in_float:
            self._starts[variant.name] = measurement
        is_best = self.seen.add(SeenModel(variant, tuple(in_float), measurement.metrics), measurement.resumed)
        if is_best and self._settings.dump_intermediate_model:
            model.save((self._settings.exec_log_dir or Path.cwd()) / INTERMEDIATE, "intermediate_model")
        return measurement.metrics

    def _get_ranking(self, limit: MetricLimit) -> UnitRanking:
        """The ranking of the variant; its samples are chosen once."""
        assert self.current is not None  # noqa: S101  set before
        if self._ranking is None:
            samples = self._choose_samples(self.current, limit)
            self._ranking = UnitRanking(self._meter, self._original, self.current, samples)
        return self._ranking

    def _choose_samples(self, variant: QuantizedVariant, limit: MetricLimit) -> list[int] | None:
        available = self._meter.num_samples
        if available is None:
            return None
        count = choose_ranking_size(self._settings.ranking_subset_size, len(variant.units), available)
        after = self._starts[variant.name].per_sample.get(limit.name)
        if after is None:
            return space_evenly(available, count)
        if self._before is not None:
            values = self._before.per_sample.get(limit.name)
            return space_evenly(available, count) if values is None else self._find_worst(values, after, limit, count)
        chosen = sample_randomly(available, self._settings.metric_subset_ratio, self._settings.seed)
        measured = self._meter.measure_single_samples(self._original, chosen)
        before = {sample: metrics.get(limit.name) for sample, metrics in measured.items() if sample < available}
        return find_worst_samples(before, dict(enumerate(after)), limit, count) or space_evenly(available, count)

    def _find_worst(
        self, before: Sequence[float | None], after: Sequence[float | None], limit: MetricLimit, count: int
    ) -> list[int]:
        return find_worst_samples(dict(enumerate(before)), dict(enumerate(after)), limit, count)


def _compress_weights(model: CompressedModel) -> CompressedModel:
    """A copy of the model as it will be saved: stored weights round a little otherwise, which can flip a result."""
    twin = model.copy()
    compress_model_weights(twin)
    return twin

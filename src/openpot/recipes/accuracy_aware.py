"""Accuracy-aware quantization: as much in INT8 as the metrics allow; the result is the best model seen.

The model is quantized and evaluated. If a metric lost more than ``maximal_drop``, other ways to quantize are tried:
with operations in float where the outputs ask for it, as in ``DefaultQuantization``, and if asked for
(``convert_to_mixed_preset``, ``tune_hyperparams``) others. From the best of them operations are reverted to float,
those first that lose most when they alone are quantized (:mod:`openpot.search.rank_units`,
:mod:`openpot.search.revert_units`).

Every evaluation is written to a journal if ``exec_log_dir`` is stated: the same call goes on there after it was killed.
How a search ended is in the result, with the reason: see :class:`openpot.search.accuracy_records.SearchStatus`.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from openpot.algorithms.calibrated import CalibratedAlgorithm
from openpot.algorithms.calibration import calibrate, require_engine
from openpot.algorithms.context import Calibration
from openpot.algorithms.min_max import MinMaxQuantization, MinMaxResult
from openpot.config.accuracy_aware import AccuracyAwareConfig
from openpot.config.algorithms import DEFAULT_OUTPUT_ERROR, DefaultQuantizationConfig, MinMaxConfig
from openpot.current_run import current_run
from openpot.engine.output_error_metric import OUTPUT_ERROR, make_output_error_engine
from openpot.errors import ConfigError, OpenPotWarning
from openpot.graph.model_digest import model_digest
from openpot.recipes.default_quantization import DefaultQuantization
from openpot.recipes.default_recipe import DefaultQuantizationResult, get_quantizers
from openpot.search.accuracy_records import AccuracyAwareResult, SearchStatus
from openpot.search.accuracy_search import AccuracySearch
from openpot.search.accuracy_target import AccuracyTarget, find_directions, make_accuracy_target
from openpot.search.model_meter import Measurement, ModelMeter
from openpot.search.quantized_variant import QuantizedVariant
from openpot.search.search_journal import open_search_journal
from openpot.search.tuning_grid import propose_bias_settings, propose_mixed_preset, propose_range_settings
from openpot.search.units import Unit, list_operations

if TYPE_CHECKING:
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel

logger = logging.getLogger(__name__)

NOTHING_LEFT = (
    "no operation stays in 8 bits: with any of them that was tried the metrics lose more than is allowed; all have the "
    "%s precision"
)


class AccuracyAwareCommon(CalibratedAlgorithm[AccuracyAwareConfig]):
    """Quantizes as much as the metrics allow.

    ``result`` is an :class:`openpot.search.accuracy_records.AccuracyAwareResult`. Keys: those of
    :class:`openpot.config.accuracy_aware.AccuracyAwareConfig`.

    Raises:
        EngineError: (when made) the engine has no metric.
        UnknownNameError: (when made) a metric that is named does not exist.
        MetricError: (when made) a metric does not say in which direction it is better; (when run) the metric of the
            original model cannot be computed.
    """

    name = "AccuracyAwareCommon"
    config_class: ClassVar = AccuracyAwareConfig
    default_steps_size = 0.005
    evaluates_metric: ClassVar = True

    def __init__(self, config: Any = None, engine: Engine | None = None) -> None:
        super().__init__(config, engine)
        self._check_base(engine)
        if engine is not None and not self.settings.annotation_free:
            find_directions(engine.get_metrics_attributes(), [limit.name for limit in self.settings.metrics])

    def _check_base(self, engine: Engine | None) -> None:
        """Refuse what the base algorithm would refuse, before any time is spent."""
        self._base_class(self._choose_base_settings(), engine)

    @property
    def change_original_model(self) -> bool:
        """True: what follows needs statistics of the model that is left behind."""
        return True

    def apply(self, model: CompressedModel, calibration: Calibration) -> AccuracyAwareResult:
        """Search, and put the best model that was seen into ``model``."""
        del calibration
        original, engine = model.copy(), require_engine(self._engine)
        if self.settings.annotation_free:
            if model.is_cascade:
                raise ConfigError("annotation_free compares the outputs of single models, and this is a cascade")
            engine = make_output_error_engine(engine, original.members[0].model)
        names = [limit.name for limit in self.settings.metrics]
        directions = find_directions(engine.get_metrics_attributes(), names)
        log_folder = self.settings.exec_log_dir
        run = current_run() if log_folder is None else open_search_journal(log_folder, engine)
        meter = ModelMeter(engine, list(directions), run)
        target, before = self._make_target(meter, original, engine, directions)
        for remark in target.remarks:
            _warn(remark)
        search = AccuracySearch(meter, original, target, self.settings, before)
        status = search.run(*self._list_variants(original, engine, search))
        return self._conclude(model, original, search, status)

    def _make_target(
        self, meter: ModelMeter, original: CompressedModel, engine: Engine, directions: Mapping[str, bool]
    ) -> tuple[AccuracyTarget, Measurement | None]:
        """The limits, and the measurement of the original model; None if the baselines are stated."""
        if self.settings.annotation_free:
            baseline, before = (
                {OUTPUT_ERROR: 0.0},
                Measurement({OUTPUT_ERROR: 0.0}, _make_zero_values(meter.num_samples or 0)),
            )
            return make_accuracy_target(baseline, directions, self.settings.allowed_drop, "absolute"), before
        if self.settings.baselines:
            baseline, measured = self.settings.baselines, None
        else:
            model, name = self._make_baseline(original, engine)
            logger.info("Start %s model inference", name)
            digest = " ".join(model_digest(member.model) for member in model.members)
            measured = meter.measure(model, digest, f"the {name} model")
            baseline = dict(measured.metrics)
        logger.info("Baseline metrics: %s", baseline)
        drop, kind = self.settings.allowed_drop, self.settings.drop_type
        return make_accuracy_target(baseline, directions, drop, kind), measured

    def _make_baseline(self, original: CompressedModel, engine: Engine) -> tuple[CompressedModel, str]:
        """The model that drops are measured from, and what it is called."""
        del engine
        return original, "original"

    def _list_variants(
        self, original: CompressedModel, engine: Engine, search: AccuracySearch
    ) -> tuple[Callable[[], QuantizedVariant], Iterator[Callable[[], QuantizedVariant]]]:
        """What is tried first, and what is tried before anything is reverted to float."""
        make = partial(self._quantize_variant, original, engine)
        return partial(make, "quantized", self._choose_base_settings()), self._propose_variants(make, search)

    @property
    def _base_class(self) -> type[MinMaxQuantization | DefaultQuantization]:
        return MinMaxQuantization if self.settings.base_algorithm == "MinMaxQuantization" else DefaultQuantization

    def _choose_base_settings(self) -> MinMaxConfig:
        if self.settings.base_algorithm == "MinMaxQuantization":
            return self.settings.extract_part(MinMaxConfig)
        settings = self.settings.extract_part(DefaultQuantizationConfig)
        return settings.model_copy(update={"max_output_error": self.settings.max_output_error})

    def _quantize_variant(
        self, original: CompressedModel, engine: Engine, name: str, settings: MinMaxConfig
    ) -> QuantizedVariant:
        """The model, quantized with these settings."""
        logger.info("Start quantization")
        model = original.copy()
        base = self._base_class(settings, engine)
        calibrate(engine, model, [base], context=self.context)
        reference = model.copy()
        base.run(model)
        done = get_quantizers(base.result)
        return QuantizedVariant(name, reference, model, done, settings.target_device, base.result)

    def _propose_variants(
        self, make: Callable[[str, MinMaxConfig], QuantizedVariant], search: AccuracySearch
    ) -> Iterator[Callable[[], QuantizedVariant]]:
        """What to try before anything is reverted to float."""
        settings, by_name = self._choose_base_settings(), {"quantized": self._choose_base_settings()}

        def offer(name: str, changed: MinMaxConfig) -> Callable[[], QuantizedVariant]:
            by_name[name] = changed
            return partial(make, name, changed)

        if isinstance(settings, DefaultQuantizationConfig) and settings.max_output_error is None and _is_far(search):
            yield offer("judged by outputs", settings.model_copy(update={"max_output_error": DEFAULT_OUTPUT_ERROR}))
        if self.settings.convert_to_mixed_preset:
            mixed = propose_mixed_preset(settings)
            if mixed is None:
                logger.info("activations are asymmetric already: there is no mixed preset to convert to")
            else:
                yield offer("mixed", mixed)
        if self.settings.tune_hyperparams:
            for propose in (propose_range_settings, propose_bias_settings):
                best = search.seen.best
                start = by_name["quantized" if best is None else best.variant.name]
                for name, changed in propose(start):
                    yield offer(f"tuned: {name}", changed)

    def _conclude(
        self, model: CompressedModel, original: CompressedModel, search: AccuracySearch, status: SearchStatus
    ) -> AccuracyAwareResult:
        """Put the best model into ``model``, and say how it came to be."""
        best, variant = search.seen.best, search.current
        in_float: tuple[Unit, ...] = ()
        if best is not None:
            variant, in_float = best.variant, best.in_float
            chosen = variant.copy_with_reverted(in_float)
        elif status in (SearchStatus.METRIC_FAILED, SearchStatus.METRIC_NOT_FINITE) and variant is not None:
            chosen = variant.model
        else:
            chosen, variant = original, None
        model.take_over(chosen)
        metrics = None if best is None else dict(best.metrics)
        explanation = explain_ending(status, search, variant)
        warned = [*search.seen.target.remarks, *([] if status is SearchStatus.REACHED else [explanation])]
        if status is not SearchStatus.REACHED:
            _warn(explanation)
        operations = 0 if variant is None else variant.num_operations
        back = list_operations(in_float)
        if variant is not None and back:
            logger.info(
                "%d out of %d layers have been reverted back to the %s precision: %s",
                len(back), operations, variant.precision, ", ".join(back),
            )  # fmt: skip
            if len(back) >= operations:
                warned.append(NOTHING_LEFT % variant.precision)
                _warn(warned[-1])
        return AccuracyAwareResult(
            status,
            explanation,
            search.seen.target.baseline,
            metrics,
            {} if metrics is None else search.seen.target.compute_drops(metrics),
            "original" if variant is None else variant.name,
            back,
            operations,
            tuple(search.seen.records),
            search.ranking_inferences,
            None if variant is None else _replace_quantizers(variant.result, variant.record_with_reverted(in_float)),
            tuple(warned),
        )


def explain_ending(status: SearchStatus, search: AccuracySearch, variant: QuantizedVariant | None) -> str:
    """How a search ended, in a sentence."""
    target, best = search.seen.target, search.seen.best
    shown = "" if best is None else ", ".join(f"{name} {best.metrics[name]:.6g}" for name in target.baseline)
    limits = ", ".join(
        f"{limit.name} {limit.baseline:.6g} with a drop of {limit.allowed:.6g}" for limit in target.limits
    )
    ending = f"the best model that was seen is kept ({shown})"
    if best is None:
        ending = "the original model is kept" if variant is None else "the quantized model is kept, not evaluated"
    match status:
        case SearchStatus.REACHED:
            return f"every metric is within its limit: {shown} (allowed: {limits})"
        case SearchStatus.NOT_REACHED:
            bound = "; more operations in float would be slower than is allowed" if search.is_bound_by_latency else ""
            return f"could not achieve the required accuracy drop (allowed: {limits}): {ending}{bound}"
        case SearchStatus.ITERATION_LIMIT:
            return f"max_iter_num is used up, and the accuracy drop is still too large (allowed: {limits}): {ending}"
        case SearchStatus.METRIC_NOT_FINITE:
            return f"the search stopped, because {search.failure}: {ending}"
        case SearchStatus.METRIC_FAILED:
            return f"the search stopped, because the metric failed ({search.failure}): {ending}"


def _is_far(search: AccuracySearch) -> bool:
    """Whether the outputs of the variant that was made last are farther off than DefaultQuantization accepts."""
    result = None if search.current is None else search.current.result
    evidence = result.evidence if isinstance(result, DefaultQuantizationResult) else None
    return evidence is not None and evidence.error > DEFAULT_OUTPUT_ERROR


def _replace_quantizers(result: Any, quantizers: MinMaxResult) -> object:
    if isinstance(result, DefaultQuantizationResult):
        return replace(result, min_max=quantizers)
    return quantizers


def _make_zero_values(count: int) -> dict[str, list[float | None]]:
    """Values of the samples of the original model without annotations: it is no distance from itself."""
    return {OUTPUT_ERROR: [0.0] * count}


def _warn(text: str) -> None:
    """Tell the log and the caller."""
    logger.warning(text)
    warnings.warn(text, OpenPotWarning, stacklevel=2)

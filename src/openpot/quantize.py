"""One call from a trained model and data to an INT8 model with the evidence about it."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable
from itertools import chain
from typing import TYPE_CHECKING, Any

from openpot.algorithms.prepared_model import prepare_model
from openpot.calibrated_model import CalibratedModel, calibrate_model, calibrate_within_drop, make_drop_record
from openpot.config.accuracy_aware import AccuracyAwareConfig
from openpot.config.algorithms import DefaultQuantizationConfig, OutputErrorLimit
from openpot.data.callable_metric import make_metric
from openpot.data.metric import Metric
from openpot.data.source import open_data
from openpot.diagnosis import diagnose
from openpot.engine.openvino_engine import IEEngine
from openpot.error_limit import keeps_error_limit
from openpot.errors import MetricError
from openpot.graph.model import CompressedModel
from openpot.graph.read import read_model
from openpot.graph.stored_size import count_stored_bytes
from openpot.inference.model_inputs import describe_inputs
from openpot.inference.streams import ensure_sequences
from openpot.measure.size_growth import explain_growth
from openpot.metric_check import warn_if_not_reproducible
from openpot.optional_stage import optional_stage
from openpot.placement.plan import QuantizationPlan
from openpot.progress import Progress, SilentProgress, stage
from openpot.quantize_arguments import IgnoredNames, add_drop, check_ignored_names, validate
from openpot.recipes.default_quantization import DefaultQuantization
from openpot.report.quantization_result import QuantizationResult
from openpot.report.records import DropRecord, FailedStage, Status
from openpot.report.reported_warnings import reported_warnings
from openpot.result_evidence import compare_with_source, list_layers
from openpot.run_settings import describe_settings, describe_source

if TYPE_CHECKING:
    from openpot.data.loader import DataLoader
    from openpot.graph.types import Model


def quantize(  # noqa: PLR0913  the one door: every choice has a default
    model: Any,
    data: Any,
    *,
    metric: Metric | Callable[[list[Any], Any], float] | None = None,
    preset: str = "performance",
    target_device: str = "CPU",
    subset_size: int = 300,
    ignored_scope: IgnoredNames = None,
    example_input: Any = None,
    seed: int = 0,
    max_output_error: OutputErrorLimit = "auto",
    early_stop: bool = True,
    max_drop: float | None = None,
    drop_type: str = "absolute",
    optimize_for: str | None = None,
    higher_is_better: bool | None = None,
    progress: Progress | None = None,
) -> QuantizationResult:
    """Quantize a model to INT8 and find out what that did to it.

    Args:
        model: a path, an ``openvino.Model``, or a torch module with ``example_input``; it is never changed.
        data: samples, or pairs ``(sample, annotation)``: see :func:`openpot.data.source.open_data`.
        metric: a :class:`Metric`, or a function of ``(outputs, annotation)``, where ``outputs`` is a list of arrays.
        preset: ``performance`` (symmetric), ``mixed`` (activations asymmetric) or ``accuracy``.
        target_device: what the INT8 model is for; calibration itself runs on the CPU.
        subset_size: how many samples calibrate at most, drawn from ``data`` by ``seed``.
        seed: of that draw.
        ignored_scope: names of operations that stay in float, or ``{"scope": names, "operations": types}``.
        example_input: what a torch module is called with.
        max_output_error: as :class:`DefaultQuantizationConfig` has it; None forbids reverting operations to float.
        early_stop: calibrate on fewer samples if the ranges have converged.
        max_drop: what the metric may lose; decides instead of ``max_output_error``; ``drop`` says if it was met.
        drop_type: whether ``max_drop`` is ``absolute``, or ``relative`` to the metric of the float model.
        optimize_for: ``"latency"`` lets measured times decide too: what INT8 makes slower here goes back to float.
        higher_is_better: of a function as ``metric``: whether a larger value is a better one; ``max_drop`` needs it.
        progress: is informed of how the work goes on.

    Raises:
        OpenPotError: something that was given is unusable.
    """
    base = validate(preset, target_device, ignored_scope, subset_size, seed, max_output_error, early_stop, optimize_for)
    config = add_drop(base, measure := make_metric(metric, higher_is_better), max_drop, drop_type)
    return run_quantization(read_model(model, None, example_input), data, config, measure, progress, model)


def run_quantization(
    source: Model, data: Any, config: DefaultQuantizationConfig, metric: Metric | None, shown: Progress | None, raw: Any
) -> QuantizationResult:
    """Quantize a copy of ``source``, read from ``raw``, and gather the evidence; see :func:`quantize`."""
    progress = shown or SilentProgress()
    check_ignored_names(source, config)
    loader = open_data(data, describe_inputs(source), None if metric else config.stat_subset_size)
    with reported_warnings() as reported:
        warn_if_not_reproducible(source, loader, metric)
        sequences = ensure_sequences(source, loader)
        if isinstance(config, AccuracyAwareConfig) and metric is not None:
            made, before, after, drop = quantize_within_drop(source, loader, config, metric, progress)
        else:
            before = evaluate_metric(source, loader, metric, progress)  # first: a metric that fails should fail early
            made = calibrate_model(source, sequences, config, progress)
            after, drop = None, None
            with optional_stage("evaluating the metric of the result", "Only that of the float model is reported"):
                after = evaluate_metric(made.model, loader, metric, progress)
        with stage(progress, "checking and timing the result"):
            used = () if made.search is not None and sequences is not loader else made.samples
            seen = compare_with_source(source, made.model, sequences, used, made.plan.target_device, made.evidence)
            layers = list_layers(made.plan, seen)
            findings = diagnose(source, made.plan, made.evidence, sequences, made.observed)
        keeps_limit = keeps_error_limit(config.max_output_error, seen.output_distances)
    return QuantizationResult(
        model=made.model,
        plan=made.plan,
        status=choose_status(made, keeps_limit and (drop is None or drop.is_met), reported.failed_stages),
        metric_before=before,
        metric_after=after,
        metric_samples=len(loader) if metric else 0,
        drop=drop,
        output_error=seen.output_distances,
        size_before=count_stored_bytes(source),
        size_after=count_stored_bytes(made.model),
        speedup=seen.speed,
        layers=layers,
        evidence=made.evidence,
        samples_used=len(made.observed),
        warnings=drop_repeated(made.warnings, reported.texts, seen.warnings, explain_growth(source, made.model)),
        failed_stages=tuple(reported.failed_stages),
        findings=findings,
        settings={**describe_source(raw, source), **describe_settings(config, loader)},
    )


def drop_repeated(*texts: Iterable[str]) -> tuple[str, ...]:
    """All texts in their order, each once."""
    return tuple(dict.fromkeys(chain(*texts)))


def quantize_within_drop(
    source: Model, loader: DataLoader, config: AccuracyAwareConfig, metric: Metric, progress: Progress
) -> tuple[CalibratedModel, dict[str, float] | None, dict[str, float] | None, DropRecord]:
    """Quantize within the drop: the model, the metric before and after, and whether the drop is kept."""
    # The search measures its own baseline. For devices that run no float that is a model with 16-bit weights, so the
    # float model has to be measured here.
    baseline = None if config.device.runs_float else evaluate_metric(source, loader, metric, progress)
    with stage(progress, "quantizing as the metric allows"):
        made = calibrate_within_drop(source, loader, config, metric, baseline)
    assert made.search is not None  # noqa: S101  that is how it was made
    before = dict(made.search.baseline)
    after = dict(made.search.metrics or {})
    with optional_stage("evaluating the metric of the finished model", "It is reported as the search measured it"):
        after = evaluate_metric(made.model, loader, metric, progress) or {}
    return made, before, after, make_drop_record(made.search, config, metric, before, after)


def choose_status(made: CalibratedModel, is_target_met: bool, failed_stages: Collection[FailedStage]) -> Status:
    """How it ended."""
    if not made.plan.quantizers:
        return Status.NOTHING_QUANTIZED
    if made.faults is not None and not made.faults.is_mended:
        return Status.NOT_TO_BE_USED
    if not is_target_met:
        return Status.TARGET_NOT_MET
    return Status.DONE_IN_PART if failed_stages else Status.DONE


def plan_only(
    model: Any,
    *,
    preset: str = "performance",
    target_device: str = "CPU",
    ignored_scope: IgnoredNames = None,
    example_input: Any = None,
) -> QuantizationPlan:
    """What ``quantize`` would do to a model and why it would leave the rest alone; needs no data.

    Raises:
        ConfigError: an argument is not possible.
        ModelError: the model cannot be read or is quantized already.
        FileError: a file is missing.
    """
    algorithm = DefaultQuantization(validate(preset, target_device, ignored_scope))
    held = CompressedModel(graph=read_model(model, example_input=example_input))
    check_ignored_names(held.members[0].model, algorithm.settings)
    prepare_model(held)
    return algorithm.plan(held)


def evaluate_metric(
    model: Model, loader: DataLoader, metric: Metric | None, progress: Progress
) -> dict[str, float] | None:
    """The values of the metric over the whole data set; None without a metric.

    Raises:
        MetricError: no sample has an annotation, or a value is not a finite number.
    """
    if metric is None:
        return None
    engine = IEEngine({"device": "CPU"}, loader, metric)
    engine.set_model(CompressedModel(graph=model))
    with stage(progress, "evaluating the metric"):
        values, _ = engine.predict()
    if not values:
        raise MetricError("the metric was never asked: no sample has an annotation; give pairs (sample, annotation)")
    return {str(name): require_finite(str(name), value) for name, value in values.items()}


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
        raise MetricError(f"the metric {name!r} is {value!r} over the data set: expected a finite number")
    return number

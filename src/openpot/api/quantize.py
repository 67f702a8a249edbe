"""One call from a trained model and data to an INT8 model with the evidence about it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Executor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from openpot.algorithms.prepared_model import prepare_model
from openpot.api.calibrated_model import CalibratedModel, calibrate_model, calibrate_within_drop, make_drop_record
from openpot.api.diagnosis import diagnose
from openpot.api.error_limit import keeps_limits
from openpot.api.execution import Execution
from openpot.api.image_guesses import warn_of_guesses
from openpot.api.metric_evaluation import MetricEvaluation, evaluate_metric
from openpot.api.quantize_arguments import (
    DropType,
    IgnoredNames,
    OptimizeFor,
    Preset,
    TargetDevice,
    add_drop,
    leave_out,
    validate,
)
from openpot.api.result_evidence import choose_compared, compare_with_source, list_layers
from openpot.api.run_settings import describe_settings, describe_source
from openpot.api.split_data import SplitData, check_validation, split_data
from openpot.config.accuracy_aware import AccuracyAwareConfig
from openpot.config.algorithms import DefaultQuantizationConfig, OutputErrorLimit
from openpot.config.latency_goal import LatencyGoal
from openpot.data.callable_metric import make_metric
from openpot.data.held_out_samples import numbers_of_whole_set
from openpot.data.metric import Metric
from openpot.data.watched_samples import check_sample_timeout
from openpot.graph.model import CompressedModel
from openpot.graph.read import read_model
from openpot.graph.stored_size import count_stored_bytes
from openpot.inference.streams import ensure_sequences
from openpot.measure.metric_change import MetricChange
from openpot.measure.size_growth import explain_growth
from openpot.optional_stage import optional_stage
from openpot.placement.plan import QuantizationPlan
from openpot.progress import Progress, reporting_to, stage
from openpot.progress_display import shows_progress
from openpot.recipes.default_quantization import DefaultQuantization
from openpot.report.quantization_result import QuantizationResult
from openpot.report.records import DropRecord, FailedStage, Status
from openpot.report.reported_warnings import drop_repeated, reported_warnings
from openpot.watched_run import watched_run

if TYPE_CHECKING:
    from openpot.data.loader import DataLoader
    from openpot.graph.types import Model
    from openpot.typing_aliases import StrPath


@shows_progress
def quantize(  # noqa: PLR0913  the one door: every choice has a default
    model: Any,
    data: Any,
    *,
    metric: str | Metric | Callable[[list[Any], Any], float] | None = None,
    validation_data: Any = None,
    validation_share: float | None = None,
    preset: Preset = "performance",
    target_device: TargetDevice = "CPU",
    subset_size: int = 300,
    ignored_scope: IgnoredNames = None,
    example_input: Any = None,
    seed: int = 0,
    max_output_error: OutputErrorLimit = "auto",
    early_stop: bool = True,
    max_drop: float | None = None,
    drop_type: DropType = "absolute",
    optimize_for: OptimizeFor | None = None,
    max_latency: float | str | None = None,
    min_speedup: float | None = None,
    times: StrPath | None = None,
    higher_is_better: bool | None = None,
    timing: bool = True,
    run_folder: StrPath | None = None,
    sample_timeout: float | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> QuantizationResult:
    """Quantize a model to INT8 and find out what that did to it; what is unusable raises an ``OpenPotError``.

    Args:
        model: a path, an ``openvino.Model``, or a torch module with ``example_input``; it is never changed.
        data: samples, or pairs ``(sample, annotation)``: see :func:`openpot.data.source.open_data`.
        metric: a :class:`Metric`, its name (``accuracy``, ``accuracy,k=5``), or a function of ``(outputs, annotation)``
            whose ``outputs`` are a list of arrays.
        validation_data: pairs that the metric is measured on, before and after; nothing is computed from them.
        validation_share: without them, this share of ``data`` is held out for the metric: a half by default; 0 for
            nothing, then the metric is measured on samples that calibrate and are searched on too.
        preset: ``performance`` (symmetric), ``mixed`` (activations asymmetric) or ``accuracy``.
        target_device: what the INT8 model is for; calibration itself runs on the CPU.
        subset_size: how many samples calibrate at most, drawn from ``data`` by ``seed``.
        seed: of every draw of samples.
        ignored_scope: names of operations that stay in float, or ``{"names": names, "patterns": regular expressions,
            "types": types of operations}``.
        example_input: what a torch module is called with.
        max_output_error: as :class:`DefaultQuantizationConfig` has it; None forbids reverting operations to float.
        early_stop: calibrate on fewer samples if the ranges have converged.
        max_drop: what the metric may lose; decides instead of ``max_output_error``; ``drop`` says if it was met. With
            a latency the most precise model that is fast enough is taken, and the metric says whether it will do.
        drop_type: whether ``max_drop`` is ``absolute``, or ``relative`` to the metric of the float model.
        optimize_for: ``"latency"`` takes the fastest model within the output error, by times measured here.
        max_latency: milliseconds of one inference, or a share of FP32's (``"0.5x"``): the most precise one within it.
        min_speedup: the same, as how many times faster than FP32.
        times: file of these times: read if it is there, written afterwards; with the same times comes the same model.
        higher_is_better: of a function as ``metric``: whether a larger value is a better one; ``max_drop`` needs it.
        timing: time both models; False saves the some six seconds of that.
        run_folder: takes records of finished steps: a run that was killed and is started again goes on from them.
        sample_timeout: seconds after which a sample that is being loaded is given up; None: no limit, but it is named.
        executor: of processes or of a cluster, works for the run as well; the model is the same (``docs/workers.md``).
        progress: is informed of how the work goes on; None shows bars on terminals and in notebooks.
    """
    names, goal = (preset, target_device, ignored_scope), LatencyGoal(max_latency, min_speedup, times)
    base = validate(*names, subset_size, seed, max_output_error, early_stop, optimize_for, goal)
    config = add_drop(base, measure := make_metric(metric, higher_is_better), max_drop, drop_type)
    check_validation(measure, validation_data, validation_share)
    with watched_run(progress, check_sample_timeout(sample_timeout)) as stages:
        source = read_model(model, None, example_input)
        config = leave_out(source, config, ignored_scope)
        samples = split_data(source, data, config, measure is not None, validation_data, validation_share)
        result = run_quantization(source, samples, config, measure, Execution(stages, timing, run_folder, executor))
        return replace(result, settings={**describe_source(model, source), **result.settings})


def run_quantization(
    source: Model, samples: SplitData, config: DefaultQuantizationConfig, metric: Metric | None, execution: Execution
) -> QuantizationResult:
    """Quantize a copy of ``source`` and gather the evidence; see :func:`quantize`."""
    progress = execution.progress
    with reported_warnings() as reported, execution.recording(source, samples, config, metric):
        warn_of_guesses(samples.whole)
        before = evaluate_held_out(source, samples, metric, progress)  # first: a metric that fails should fail early
        with numbers_of_whole_set(samples.calibration):
            sequences = ensure_sequences(source, samples.calibration)
            made = quantize_copy(source, samples.calibration, sequences, config, metric, progress)
        after = None
        with optional_stage("evaluating the metric of the result", "Only that of the float model is reported"):
            after = evaluate_held_out(made.model, samples, metric, progress)
        measured = collect_metric_fields(samples, before, after)
        drop = describe_drop(made, config, metric, before, measured["metric_change"])
        with stage(progress, "checking and timing the result"):
            compared = choose_compared(samples, sequences, made)
            seen = compare_with_source(
                source, made.model, *compared, made.plan.target_device, made.evidence, execution.timing
            )
            layers = list_layers(made.plan, seen)
            findings = diagnose(source, made.plan, made.evidence, sequences, made.observed, layers)
        keeps_limit = keeps_limits(config, seen.output_distances, made.curve)
    return QuantizationResult(
        model=made.model,
        plan=made.plan,
        status=choose_status(made, keeps_limit, drop, reported.failed_stages),
        drop=drop,
        output_error=seen.output_distances,
        compared_held_out=seen.held_out,
        size_before=count_stored_bytes(source),
        size_after=count_stored_bytes(made.model),
        speedup=seen.speed,
        default_precision=seen.default_precision,
        layers=layers,
        evidence=made.evidence,
        curve=made.curve,
        samples_used=len(made.observed),
        warnings=drop_repeated(made.warnings, reported.texts, seen.warnings, explain_doubts(source, made.model, drop)),
        failed_stages=tuple(reported.failed_stages),
        findings=findings,
        settings={**describe_settings(config, samples.whole), "data_digest": seen.inputs_digest or None},
        **measured,
    )


def collect_metric_fields(
    samples: SplitData, before: MetricEvaluation | None, after: MetricEvaluation | None
) -> dict[str, Any]:
    """What the result says about the metric, by name of the field."""
    return {
        "metric_before": None if before is None else before.values,
        "metric_after": None if after is None else after.values,
        "metric_samples": 0 if before is None else before.samples,
        "metric_measured_on": samples.measured_on,
        "held_out_share": samples.share,
        "metric_change": {} if before is None or after is None else before.compare_with(after),
    }


def quantize_copy(
    source: Model,
    loader: DataLoader,
    sequences: DataLoader,
    config: DefaultQuantizationConfig,
    metric: Metric | None,
    progress: Progress,
) -> CalibratedModel:
    """Quantize a copy of ``source``: as the metric allows if a drop is stated, else as the outputs decide.

    Args:
        source: the float model.
        loader: samples, with annotations for a metric.
        sequences: the same as sequences of steps, for a model that keeps a state.
        config: how to quantize, and what may be lost.
        metric: what is kept.
        progress: is informed.
    """
    if not isinstance(config, AccuracyAwareConfig) or metric is None:
        with reporting_to(progress):
            return calibrate_model(source, sequences, config, progress)
    # The search measures its own baseline. For devices that run no float that is a model with 16-bit weights, so the
    # float model has to be measured here.
    baseline = None if config.device.runs_float else evaluate_metric(source, loader, metric, progress).values
    with reporting_to(progress):
        return calibrate_within_drop(source, loader, config, metric, baseline)


def evaluate_held_out(
    model: Model, samples: SplitData, metric: Metric | None, progress: Progress
) -> MetricEvaluation | None:
    """The metric on the samples that validate; None without a metric."""
    if metric is None:
        return None
    with numbers_of_whole_set(samples.validation):
        return evaluate_metric(model, samples.validation, metric, progress)


def describe_drop(
    made: CalibratedModel,
    config: DefaultQuantizationConfig,
    metric: Metric | None,
    before: MetricEvaluation | None,
    changes: Mapping[str, MetricChange],
) -> DropRecord | None:
    """Whether the drop that was stated is kept; as the search measured it where that of the result is not known."""
    if made.search is None or not isinstance(config, AccuracyAwareConfig) or metric is None or before is None:
        return None
    if changes:
        return make_drop_record(made.search, config, metric, before.values, changes)
    searched = {
        name: MetricChange(value - made.search.baseline[name])
        for name, value in (made.search.metrics or {}).items()
        if name in made.search.baseline
    }
    return make_drop_record(made.search, config, metric, made.search.baseline, searched)


def choose_status(
    made: CalibratedModel, keeps_limit: bool, drop: DropRecord | None, failed_stages: Collection[FailedStage]
) -> Status:
    """How it ended."""
    if not made.plan.quantizers:
        return Status.NOTHING_QUANTIZED
    if made.faults is not None and not made.faults.is_mended:
        return Status.NOT_TO_BE_USED
    if not keeps_limit or (drop is not None and not drop.is_within):
        return Status.TARGET_NOT_MET
    if failed_stages:
        return Status.DONE_IN_PART
    return Status.DONE if drop is None or drop.is_met else Status.TARGET_NOT_CERTAIN


def explain_doubts(source: Model, result: Model, drop: DropRecord | None) -> tuple[str, ...]:
    """A result that grew, and a drop of which too few samples tell whether it is kept."""
    growth = explain_growth(source, result)
    if drop is None or not drop.is_met.startswith("not certain"):
        return growth
    return (
        *growth,
        f"whether the drop is within max_drop is {drop.is_met}: its 95 % interval reaches beyond the limit; measure it "
        "on more samples (validation_data, --validation-data), or allow a larger drop",
    )


def plan_only(
    model: Any,
    *,
    preset: Preset = "performance",
    target_device: TargetDevice = "CPU",
    ignored_scope: IgnoredNames = None,
    example_input: Any = None,
) -> QuantizationPlan:
    """What ``quantize`` would do to a model and why it would leave the rest alone; needs no data.

    Raises:
        ConfigError: an argument is not possible.
        ModelError: the model cannot be read or is quantized already.
        FileError: a file is missing.
    """
    config = validate(preset, target_device, ignored_scope)
    held = CompressedModel(graph=read_model(model, example_input=example_input))
    algorithm = DefaultQuantization(leave_out(held.members[0].model, config, ignored_scope))
    prepare_model(held)
    return algorithm.plan(held)

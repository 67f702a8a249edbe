"""The INT8 model of a float one, its weights stored as integers: as the outputs decide, or as a metric allows."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openpot.algorithms.prepared_model import prepare_model
from openpot.config.accuracy_aware import AccuracyAwareConfig, MetricTargetConfig
from openpot.config.algorithms import DefaultQuantizationConfig
from openpot.engine.openvino_engine import IEEngine
from openpot.errors import MetricError, OpenPotWarning
from openpot.graph.model import CompressedModel
from openpot.graph.read_back import read_back
from openpot.measure.side_by_side import find_device_for, load_inputs
from openpot.optional_stage import optional_stage
from openpot.pipeline import Pipeline
from openpot.progress import current_progress, stage
from openpot.recipes.default_quantization import DefaultQuantization
from openpot.recipes.default_recipe import DefaultQuantizationResult, get_quantizers
from openpot.report.records import DropRecord
from openpot.rewrites.compress_weights import compress_model_weights
from openpot.search.accuracy_target import find_directions, make_accuracy_target
from openpot.search.quantized_variant import QuantizedVariant
from openpot.search.runtime_faults import CHECKED_SAMPLES, Mended, RuntimeFaults, mend_runtime_faults

if TYPE_CHECKING:
    from openpot.data.loader import DataLoader
    from openpot.data.metric import Metric
    from openpot.graph.types import Model
    from openpot.measure.metric_change import MetricChange
    from openpot.placement.plan import QuantizationPlan
    from openpot.progress import Progress
    from openpot.recipes.accuracy_aware_quantization import AccuracyAwareQuantization
    from openpot.search.accuracy_records import AccuracyAwareResult
    from openpot.search.evidence import Evidence
    from openpot.search.latency_curve import LatencyCurve


@dataclass(frozen=True, eq=False)
class CalibratedModel:
    """The quantized model and how it was made.

    Attributes:
        model: with weights as integers, as it was written and read back.
        plan: its plan.
        observed: numbers of the samples that the ranges rest on.
        samples: these, and the others that something was computed from.
        warnings: of the plan and of the quantizers.
        evidence: what the outputs decided; None where they were not asked.
        search: what the metric decided; None where it was not asked.
        faults: what the device computes wrongly in INT8; None if nothing was found.
        curve: quality against latency; None where times were not asked.
    """

    model: Model
    plan: QuantizationPlan
    observed: tuple[int, ...]
    samples: tuple[int, ...]
    warnings: tuple[str, ...]
    evidence: Evidence | None = None
    search: AccuracyAwareResult | None = None
    faults: RuntimeFaults | None = None
    curve: LatencyCurve | None = None


def calibrate_model(
    source: Model, loader: DataLoader, config: DefaultQuantizationConfig, progress: Progress
) -> CalibratedModel:
    """Run DefaultQuantization on a copy of ``source`` and store its weights as integers."""
    engine = IEEngine({"device": "CPU"}, loader)
    algorithm = DefaultQuantization(config, engine)
    return _run_algorithm(source, algorithm, engine, progress)


def calibrate_within_drop(
    source: Model,
    loader: DataLoader,
    config: AccuracyAwareConfig,
    metric: Metric,
    baseline: Mapping[str, float] | None = None,
) -> CalibratedModel:
    """Run AccuracyAwareQuantization on a copy of ``source`` and store its weights as integers.

    Args:
        source: the float model.
        loader: samples with annotations.
        config: what may be lost, and how to quantize.
        metric: what is kept.
        baseline: what to measure the drop from; None for what the search takes.

    A model whose metric cannot be computed is kept as well: ``search`` says why it could not.

    Raises:
        MetricError: the metric of the original model cannot be computed.
    """
    from openpot.recipes.accuracy_aware_quantization import AccuracyAwareQuantization

    engine = IEEngine({"device": "CPU"}, loader, metric)
    if baseline is not None:
        targets = tuple(MetricTargetConfig(name=name, baseline_value=value) for name, value in baseline.items())
        config = config.model_copy(update={"metrics": targets})
    return _run_algorithm(source, AccuracyAwareQuantization(config, engine), engine, None)


def make_drop_record(
    search: AccuracyAwareResult,
    config: AccuracyAwareConfig,
    metric: Metric,
    before: Mapping[str, float],
    changes: Mapping[str, MetricChange],
) -> DropRecord:
    """Whether the finished model keeps the metric.

    Args:
        search: how it was found.
        config: what may be lost.
        metric: knows whether higher is better.
        before: values of the float model.
        changes: of these values in the finished model; none if they could not be computed: the drop is not kept then.
    """
    directions = find_directions(metric.get_attributes())
    target = make_accuracy_target(before, directions, config.allowed_drop, config.drop_type)
    after = {name: before[name] + change.change for name, change in changes.items()}
    intervals = {
        name: (-change.interval[1], -change.interval[0]) if directions[name] else change.interval
        for name, change in changes.items()
        if change.interval is not None and name in directions
    }
    return DropRecord(
        allowed={limit.name: limit.allowed for limit in target.limits},
        drops=target.compute_drops(after) if after else {},
        explanation=search.explanation,
        evaluations=len(search.evaluations),
        in_float=search.in_float,
        intervals=intervals,
        samples=max((change.samples for change in changes.values()), default=0),
        tried=search.evaluations,
    )


def _run_algorithm(
    source: Model,
    algorithm: DefaultQuantization | AccuracyAwareQuantization,
    engine: IEEngine,
    progress: Progress | None,
) -> CalibratedModel:
    pipeline = Pipeline(engine, progress, checks_result=False)
    pipeline.add_algo(algorithm)
    held = pipeline.run(CompressedModel(graph=source))
    result: Any = algorithm.result
    search = None if isinstance(result, DefaultQuantizationResult) else result
    quantization: Any = result if search is None else search.quantization
    if quantization is None:  # the original model came back
        raise MetricError(result.explanation)
    is_default = isinstance(quantization, DefaultQuantizationResult)
    done = get_quantizers(quantization)
    if not done.plan.quantizers:
        warning = "nothing was quantized: the plan says for each operation why not"
        warnings.warn(warning, OpenPotWarning, stacklevel=4)
    observed = (quantization.observed if is_default else ()) or algorithm.calibration_subset().choose_samples(engine)
    reference = _prepare_reference(source, quantization)
    evidence = getattr(quantization, "evidence", None)
    variant = QuantizedVariant("result", reference, held, done, algorithm.settings.target_device)
    checked = _check_on_device(variant, engine, observed, 0.0 if evidence is None else evidence.error)
    held, done, faults = checked.model, checked.min_max, checked.faults
    compress_model_weights(held)
    return CalibratedModel(
        model=read_back(held.members[0].model),
        plan=done.plan,
        observed=observed,
        samples=tuple(dict.fromkeys((*observed, *(quantization.tried if is_default else ())))),
        warnings=(
            *done.plan.warnings,
            *done.warnings,
            *(() if search is None else search.warnings),
            *(() if faults is None else (faults.warning,)),
        ),
        evidence=quantization.evidence if is_default else None,
        search=search,
        faults=faults,
        curve=quantization.curve if is_default and (search is None or not search.in_float) else None,
    )


def _prepare_reference(source: Model, quantization: Any) -> CompressedModel:
    """The float model that was quantized, with everything that was done to it before."""
    reference = CompressedModel(graph=source)
    prepare_model(reference)
    smoothing = getattr(quantization, "smoothing", None)
    if smoothing is not None:
        smoothing.apply(reference)
    return reference


def _check_on_device(variant: QuantizedVariant, engine: IEEngine, observed: Sequence[int], error: float) -> Mended:
    """The model with what the device computes wrongly in float; unchanged if this machine has no such device."""
    device = find_device_for(variant.target_device)
    if device is None or not variant.min_max.quantizers:
        return Mended(variant.model, variant.min_max, None)
    with (
        optional_stage(
            "running the result with performance hints", "Whether it is right with all of them is not known"
        ),
        stage(current_progress(), "checking what the device computes"),
    ):
        feeds = load_inputs(variant.reference.members[0].model, engine.data_loader, observed[:CHECKED_SAMPLES])
        return mend_runtime_faults(variant, feeds, device, error)
    return Mended(variant.model, variant.min_max, None)

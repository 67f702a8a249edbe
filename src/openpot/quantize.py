"""One call from a trained model and data to an INT8 model with the evidence about it."""

from __future__ import annotations

import math
import platform
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from os import PathLike
from typing import TYPE_CHECKING, Any

from openpot.config.algorithms import DEFAULT_OUTPUT_ERROR, DefaultQuantizationConfig
from openpot.config.ignored_scope import IgnoredScope
from openpot.data.callable_metric import as_metric
from openpot.data.metric import Metric
from openpot.data.source import open_data
from openpot.default_quantization import DefaultQuantization
from openpot.engine.environment import installed_version, openvino_version
from openpot.engine.instruction_set import has_int8_saturation
from openpot.engine.model_inputs import describe_inputs
from openpot.engine.openvino_engine import IEEngine
from openpot.engine.side_by_side import inputs_of_items, see_side_by_side
from openpot.errors import ConfigError, MetricError, OpenPotWarning, UnknownNameError, nearest_name_hint
from openpot.graph.model import CompressedModel
from openpot.graph.node_index import NodeIndex
from openpot.graph.read import read_model
from openpot.graph.stored_size import stored_size
from openpot.pipeline import Pipeline
from openpot.progress import Progress, SilentProgress
from openpot.report.evidence import evidence_as_json
from openpot.report.layers import layers_of
from openpot.report.quantization_result import QuantizationResult
from openpot.report.records import Status
from openpot.report.warning_texts import warnings_as_texts
from openpot.rewrites.compress_weights import compress_model_weights
from openpot.rewrites.plan import QuantizationPlan
from openpot.typing_aliases import JSONValue

if TYPE_CHECKING:
    from openpot.data.loader import DataLoader
    from openpot.graph.types import Model
    from openpot.search.evidence import Evidence

EVIDENCE_ITEMS = 64

IgnoredNames = IgnoredScope | Mapping[str, Any] | Iterable[str] | None
"""Names of operations that stay in float, or a whole ignored scope."""


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
    max_output_error: float | None = DEFAULT_OUTPUT_ERROR,
    early_stop: bool = True,
    progress: Progress | None = None,
) -> QuantizationResult:
    """Quantize a model to INT8 and find out what that did to it.

    Args:
        model: a path (``.xml``, ``.onnx``, ``.tflite``, ``.pdmodel``, ``.pb``, a SavedModel folder), an
            ``openvino.Model``, or a torch module together with ``example_input``; it is never changed.
        data: a data set or the name of one, see :func:`openpot.data.source.open_data`. An item is an array, a dict by
            input name or a list in the order of the inputs; or a pair ``(item, annotation)``.
        metric: a :class:`Metric`, or a function of ``(outputs, annotation)``, where ``outputs`` is the list of output
            arrays; it is evaluated on all of ``data``, before and after.
        preset: ``performance`` (symmetric), ``mixed`` (activations asymmetric) or ``accuracy``.
        target_device: what the INT8 model is for; calibration itself runs on the CPU.
        subset_size: how many items calibrate at most, drawn from ``data`` by ``seed``.
        ignored_scope: names of operations that stay in float, or ``{"scope": names, "operations": types}``.
        example_input: what a torch module is called with.
        seed: of the draw of the items that calibrate.
        max_output_error: how far the worst output may be from the float model on calibration items, as a share of its
            variation between items; operations go back to float until it is met. None forbids that.
        early_stop: calibrate on fewer items if the ranges have converged.
        progress: is told how the work goes on.

    Raises:
        OpenPotError: an argument, an item (the message has its number), the metric, the model or a file is unusable.
    """
    wishes = validated(preset, target_device, ignored_scope, subset_size, seed, max_output_error, early_stop)
    measure = as_metric(metric)
    source = read_model(model, example_input=example_input)
    result = quantized(source, data, wishes, measure, progress or SilentProgress())
    return replace(result, settings={"model": name_of(model, source), **result.settings})


def quantized(
    source: Model, data: Any, wishes: DefaultQuantizationConfig, metric: Metric | None, progress: Progress
) -> QuantizationResult:
    """Quantize a copy of ``source`` and gather the evidence; see :func:`quantize`."""
    check_ignored_names(source, wishes)
    loader = open_data(data, describe_inputs(source), None if metric else wishes.stat_subset_size)
    with warnings_as_texts() as told:
        before = evaluated(source, loader, metric, progress)  # first: a metric that fails should fail early
        made = calibrated(source, loader, wishes, progress)
        after = evaluated(made.model, loader, metric, progress)
        with stage(progress, "checking and timing the result"):
            inputs = inputs_of_items(source, loader, evidence_items(len(loader), made.samples))
            seen = see_side_by_side(source, made.model, inputs, made.plan.target_device)
    return QuantizationResult(
        model=made.model,
        plan=made.plan,
        status=Status.DONE if made.plan.quantizers else Status.NOTHING_QUANTIZED,
        metric_before=before,
        metric_after=after,
        metric_samples=len(loader) if metric else 0,
        output_error=seen.output_distances,
        size_before=stored_size(source),
        size_after=stored_size(made.model),
        speedup=seen.speed,
        layers=layers_of(made.plan, seen.executed),
        samples_used=len(made.observed),
        warnings=tuple(dict.fromkeys((*made.warnings, *told, *seen.warnings))),
        settings={**settings_of(wishes, loader), "evidence": evidence_as_json(made.evidence)},
    )


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
    algorithm = DefaultQuantization(validated(preset, target_device, ignored_scope))
    held = CompressedModel(graph=read_model(model, example_input=example_input))
    check_ignored_names(held.members[0].model, algorithm.settings)
    algorithm.min_max.prepare(held)
    return algorithm.plan(held)


@dataclass(frozen=True, eq=False)
class Calibrated:
    """The quantized model, its plan, what was observed and decided.

    Attributes:
        observed: numbers of the items that the ranges rest on.
        samples: these, and the others that something was computed from.
    """

    model: Model
    plan: QuantizationPlan
    observed: tuple[int, ...]
    samples: tuple[int, ...]
    warnings: tuple[str, ...]
    evidence: Evidence | None = None


def calibrated(source: Model, loader: DataLoader, wishes: DefaultQuantizationConfig, progress: Progress) -> Calibrated:
    """Run DefaultQuantization on a copy of ``source`` and store its weights as integers."""
    engine = IEEngine({"device": "CPU"}, loader)
    algorithm = DefaultQuantization(wishes, engine)
    pipeline = Pipeline(engine, progress)
    pipeline.add_algo(algorithm)
    held = pipeline.run(CompressedModel(graph=source))
    compress_model_weights(held)
    sampler = algorithm.min_max.calibration_subset().sampler(engine)
    observed = tuple(sampler.subset_indices or range(len(loader)))[: algorithm.min_max.inferences_observed]
    done = algorithm.result.min_max
    if not done.plan.quantizers:
        told = "nothing was quantized: the plan says for each operation why not"
        warnings.warn(told, OpenPotWarning, stacklevel=4)
    return Calibrated(
        model=held.members[0].model,
        plan=done.plan,
        observed=observed,
        samples=tuple(dict.fromkeys((*observed, *algorithm.result.tried))),
        warnings=(*done.plan.warnings, *done.warnings),
        evidence=algorithm.result.evidence,
    )


def validated(
    preset: str,
    target_device: str,
    ignored_scope: IgnoredNames,
    subset_size: int = 300,
    seed: int = 0,
    max_output_error: float | None = DEFAULT_OUTPUT_ERROR,
    early_stop: bool = True,
) -> DefaultQuantizationConfig:
    """The arguments of the caller as validated settings.

    Raises:
        ConfigError: one of them is not possible.
    """
    if isinstance(ignored_scope, str):
        wanted = [ignored_scope]
        raise ConfigError(f"ignored_scope must be a list of names, not the text {ignored_scope!r}: write {wanted}")
    if isinstance(subset_size, bool) or not hasattr(subset_size, "__index__") or subset_size < 1:
        raise ConfigError(f"subset_size must be a whole number from 1, got {subset_size!r}")
    ignored = {} if ignored_scope is None else ignored_scope
    if not isinstance(ignored, IgnoredScope | Mapping):
        ignored = {"scope": list(ignored)}
    params = {
        "preset": preset,
        "target_device": target_device,
        "ignored": ignored,
        "stat_subset_size": int(subset_size),
        "shuffle_data": True,
        "seed": seed,
        "max_output_error": max_output_error,
        "early_stop": early_stop,
    }
    return DefaultQuantization(params).settings


def check_ignored_names(model: Model, wishes: DefaultQuantizationConfig) -> None:
    """A name that does not exist would be a layer quantized against the wish of the user.

    Raises:
        UnknownNameError: an ignored name is none of the model's operations.
    """
    known = set(NodeIndex(model))
    for name in wishes.ignored.of_model().scope:
        if name not in known:
            hint = nearest_name_hint(name, known)
            raise UnknownNameError(f"ignored_scope: the model has no operation {name!r}; {hint}")


def evaluated(model: Model, loader: DataLoader, metric: Metric | None, progress: Progress) -> dict[str, float] | None:
    """The values of the metric over the whole data set; None without a metric.

    Raises:
        MetricError: no item has an annotation, or a value is not a finite number.
    """
    if metric is None:
        return None
    engine = IEEngine({"device": "CPU"}, loader, metric)
    engine.set_model(CompressedModel(graph=model))
    with stage(progress, "evaluating the metric"):
        values, _ = engine.predict()
    if not values:
        raise MetricError("the metric was never asked: no item has an annotation; give pairs (item, annotation)")
    return {str(name): finite_value(str(name), value) for name, value in values.items()}


def finite_value(name: str, value: Any) -> float:
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


def evidence_items(available: int, calibrated_items: Iterable[int]) -> list[int]:
    """Which items judge the result: those that did not calibrate come first."""
    used = set(calibrated_items)
    ordered = sorted(range(available), key=lambda index: (index in used, index))
    return ordered[:EVIDENCE_ITEMS]


def name_of(model: Any, source: Model) -> str:
    """What the user calls the model: its path, else the name that it has itself."""
    return str(model) if isinstance(model, str | PathLike) else str(source.get_friendly_name())


def settings_of(wishes: DefaultQuantizationConfig, loader: DataLoader) -> dict[str, JSONValue]:
    """How the result was made."""
    images = getattr(loader, "preprocessing", None)
    return {
        "preset": str(wishes.preset),
        "target_device": wishes.target_device,
        "subset_size": wishes.stat_subset_size,
        "seed": wishes.seed,
        "max_output_error": wishes.max_output_error,
        "ignored_scope": wishes.ignored.of_model().model_dump(mode="json"),
        "images": None if images is None else str(images),
        "int8_sums_can_saturate": has_int8_saturation(),
        "versions": {
            "openpot": installed_version("openpot"),
            "openvino": openvino_version(),
            "numpy": installed_version("numpy"),
            "python": platform.python_version(),
        },
    }


@contextmanager
def stage(progress: Progress, name: str) -> Iterator[None]:
    """A stage that is one step long."""
    progress.start(name, 1)
    try:
        yield
        progress.advance()
    finally:
        progress.finish()

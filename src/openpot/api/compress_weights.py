"""One call from a trained model to one whose weights take a few bits, with what is known about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openpot.api.quantize_arguments import IgnoredNames, check_names_exist
from openpot.api.run_identity import identify_run
from openpot.compression.attempt_warnings import list_warnings
from openpot.compression.compress_model import StoredChoice, find_model_weights, make_prepared_copy
from openpot.compression.decide_formats import FormatDecider
from openpot.compression.one_attempt import Attempt, compress_within_limit
from openpot.compression.split_samples import split_samples
from openpot.compression.weight_tensors import FoundWeights, KeptWeights
from openpot.config.faults import check_section, refuse
from openpot.config.weight_compression import WeightCompressionConfig
from openpot.data.source import open_data
from openpot.data.watched_samples import check_sample_timeout
from openpot.errors import AlreadyQuantizedError, ConfigError, ModelError
from openpot.graph.read import read_model
from openpot.graph.stored_size import count_stored_bytes
from openpot.inference.model_inputs import describe_inputs
from openpot.measure.environment import list_versions
from openpot.measure.executed_graph import read_executed_graph
from openpot.measure.memory_forecast import require_memory
from openpot.optional_stage import optional_stage
from openpot.progress import Progress, stage
from openpot.progress_display import shows_progress
from openpot.report.compression_record import WeightRecord
from openpot.report.compression_result import CompressionResult
from openpot.report.exported_files import find_exported_files
from openpot.report.records import Status
from openpot.report.reported_warnings import reported_warnings
from openpot.run_folder import recording_run
from openpot.typing_aliases import JSONValue, StrPath
from openpot.watched_run import watched_run

if TYPE_CHECKING:
    from openpot.graph.types import Model


@shows_progress
def compress_weights(
    model: Any,
    data: Any = None,
    *,
    ignored_scope: IgnoredNames = None,
    example_input: Any = None,
    run_folder: StrPath | None = None,
    sample_timeout: float | None = None,
    progress: Progress | None = None,
    **choices: Any,
) -> CompressionResult:
    """Store the weights of matrix products and of embedding tables in a few bits; computations stay in float.

    Args:
        model: a path, an ``openvino.Model``, or a torch module with ``example_input``; it is never changed.
        data: samples, as :func:`openpot.quantize` takes them. With them the codes of formats of few bits are chosen by
            what layers read, and the loss is measured on samples that had no part in that.
        ignored_scope: names of operations that stay as they are, or ``{"scope": names, "operations": types}``.
        example_input: what a torch module is called with.
        run_folder: takes the codes that data chose: a run that was killed goes on there (``docs/resume.md``).
        sample_timeout: seconds after which a sample that is being loaded is given up; None: no limit, but it is named.
        progress: is informed of how the work goes on; None shows bars on terminals and in notebooks.
        choices: fields of :class:`openpot.config.weight_compression.WeightCompressionConfig`: ``weight_format``
            (``"int8_asym"``), ``group_size`` (``"auto"``), ``table_format``; in place of these ``max_size``
            (``"4.5 bits"`` of each weight or ``"85 MB"`` of all constants) or ``max_output_error``;
            ``dynamic_quantization`` (None: unless it doubles the loss), ``subset_size`` (80), ``seed`` (0),
            ``min_agreement`` (0.5).

    Raises:
        ConfigError: an argument is not possible, or the size cannot be reached: the message has the smallest one.
        UnknownNameError: a format, an argument or an ignored name does not exist.
        ModelError: the model cannot be read, has no such weights, or some that are not finite.
        DataError: a sample cannot be used.
        OutOfMemoryError: it takes more memory than there is.
        AlreadyQuantizedError: all its weights are stored in as few bits already.
    """
    config, seconds = validated(choices, ignored_scope), check_sample_timeout(sample_timeout)
    source = read_model(model, example_input=example_input)
    check_names_exist(source, config.ignored.scope)
    require_memory(source)
    with watched_run(progress, seconds) as stages, ExitStack() as stack:
        loader = None if data is None else open_data(data, describe_inputs(source), config.subset_size)
        if run_folder is not None:
            loaders = {} if loader is None else {"calibration": loader}
            stack.enter_context(recording_run(run_folder, identify_run(source, loaders, config)))
        result = compressed(source, loader, config, stages)
    if not isinstance(model, str | PathLike):
        return replace(result, settings={"model": str(source.get_friendly_name()), **result.settings})
    exported = find_exported_files(Path(model))
    return replace(result, settings={"model": str(model), **result.settings}, exported=exported)


def validated(stated: Mapping[str, Any], ignored_scope: IgnoredNames) -> WeightCompressionConfig:
    """The arguments of the caller as validated settings.

    Raises:
        ConfigError: one of them is not possible.
    """
    if isinstance(ignored_scope, str):
        raise ConfigError(f"ignored_scope must be a list of names, not the text {ignored_scope!r}")
    ignored: Any = {} if ignored_scope is None else ignored_scope
    if not isinstance(ignored, Mapping) and not hasattr(ignored, "scope"):
        ignored = {"scope": list(ignored)}
    config, faults = check_section("compress_weights", {**stated, "ignored": ignored}, WeightCompressionConfig)
    refuse(faults, "the arguments")
    assert config is not None  # noqa: S101  there were no faults
    return config


def compressed(source: Model, data: Any, config: WeightCompressionConfig, progress: Progress) -> CompressionResult:
    """Compress a copy of ``source``; see :func:`compress_weights`."""
    with reported_warnings() as reported:
        samples = None if data is None else split_samples(source, data, config)
        prepared = make_prepared_copy(source)
        weights = find_model_weights(prepared, config.ignored)
        decider = FormatDecider(prepared, weights.tensors, config, samples, progress)
        if not decider.finds_anything:
            raise nothing_to_compress(weights, decider.decide().kept)
        attempt = compress_within_limit(source, decider, samples, config, progress)
        with stage(progress, "reading how the device runs it"):
            read_as = types_that_device_reads(attempt.model)
    seen, decision = attempt.judgement, attempt.decision
    return CompressionResult(
        model=attempt.model,
        status=status_of(attempt, config, bool(reported.failed_stages)),
        size_before=count_stored_bytes(source),
        size_after=count_stored_bytes(attempt.model),
        weights=weight_records(attempt.stored, (*weights.kept, *decision.kept), read_as),
        loss=seen.loss,
        loss_as_run=seen.loss_as_run,
        speedup=seen.speed,
        samples_used=len(samples.rounding) if samples is not None and attempt.used_samples else 0,
        warnings=tuple(dict.fromkeys((*list_warnings(attempt, config, read_as), *reported.texts))),
        failed_stages=tuple(reported.failed_stages),
        settings=settings_of(config),
        curve=decision.curve,
    )


def status_of(attempt: Attempt, config: WeightCompressionConfig, is_partial: bool) -> Status:
    """How it ended: a model that has lost its outputs or its tokens, or loses more than allowed, is not done."""
    if attempt.misses_target(config):
        return Status.TARGET_NOT_MET
    return Status.DONE_IN_PART if is_partial else Status.DONE


def nothing_to_compress(model_weights: FoundWeights, unchanged: Sequence[KeptWeights]) -> ModelError:
    """Why there is nothing to do."""
    if unchanged:
        reasons = ", ".join(sorted({weights.reason for weights in unchanged}))
        return AlreadyQuantizedError(
            f"the weights of the model are compressed already ({reasons}): ask for fewer bits, or start from the "
            "original model"
        )
    reasons = (
        "; ".join(sorted({f"{weights.type}: {weights.reason}" for weights in model_weights.kept}))
        or "it has no large weights"
    )
    return ModelError(
        f"the model has no weights that can be stored in few bits, which are those of matrix products and look-ups "
        f"({reasons}): openpot.quantize makes convolutions smaller"
    )


def types_that_device_reads(model: Model) -> dict[str, str]:
    """In which type the CPU holds the weights of operations, by name; empty if it cannot be asked."""
    with optional_stage("reading the executed graph", "In which type the device reads weights is not known"):
        executed = read_executed_graph(model)
        return {name: executed[name].precision for name in executed}
    return {}


def weight_records(
    stored: Sequence[StoredChoice], kept: Sequence[KeptWeights], read_as: Mapping[str, str]
) -> tuple[WeightRecord, ...]:
    """One record for each weight tensor."""
    records = [
        WeightRecord(
            weights.choice.weights.name,
            str(weights.choice.weights.role),
            weights.choice.weights.num_weights,
            weights.choice.weight_format.name,
            weights.choice.group_size,
            weights.num_bytes,
            weights.error**0.5,
            read_as.get(weights.choice.weights.name),
            weights.by_data,
            weights.choice.reason,
        )
        for weights in stored
    ]
    records += [
        WeightRecord(weights.name, weights.type, weights.num_weights, reason=weights.reason) for weights in kept
    ]
    return tuple(records)


def settings_of(config: WeightCompressionConfig) -> dict[str, JSONValue]:
    """How the result was made; formats that were chosen tensor by tensor are not among it."""
    passed_over = {"weight_format", "group_size", "table_format"} if config.is_sized else set()
    return {**config.model_dump(mode="json", exclude=passed_over), "versions": {**list_versions()}}

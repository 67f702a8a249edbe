"""One call from a trained model to one whose weights take a few bits, with what is known about it."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from os import PathLike
from typing import TYPE_CHECKING, Any

from openpot.compression.choose_formats import choose_formats
from openpot.compression.compress_model import StoredChoice, find_model_weights, prepared_copy, store_choices
from openpot.compression.weight_tensors import FoundWeights, KeptWeights
from openpot.config.faults import check_section, refuse
from openpot.config.weight_compression import GroupSize, WeightCompressionConfig
from openpot.errors import AlreadyQuantizedError, ConfigError, ModelError
from openpot.graph.read import read_model
from openpot.graph.read_back import read_back
from openpot.graph.stored_size import count_stored_bytes
from openpot.measure.environment import find_installed_version, read_openvino_version
from openpot.measure.executed_graph import read_executed_graph
from openpot.optional_stage import optional_stage
from openpot.progress import Progress, SilentProgress
from openpot.quantize_arguments import IgnoredNames, check_names_exist
from openpot.report.compression_record import WeightRecord
from openpot.report.compression_result import CompressionResult
from openpot.report.records import Status
from openpot.report.reported_warnings import reported_warnings
from openpot.rewrites.compress_weights import compress_weights as store_compactly
from openpot.typing_aliases import JSONValue

if TYPE_CHECKING:
    from openpot.graph.types import Model


def compress_weights(
    model: Any,
    *,
    weight_format: str = "int8_asym",
    group_size: GroupSize = "auto",
    table_format: str | None = None,
    ignored_scope: IgnoredNames = None,
    example_input: Any = None,
    progress: Progress | None = None,
) -> CompressionResult:
    """Store the weights of matrix products and of tables in a few bits; everything is still computed in float.

    Args:
        model: a path, an ``openvino.Model``, or a torch module with ``example_input``; it is never changed.
        weight_format: of the layers: ``int8_asym``, ``int8_sym``, ``int4_asym``, ``int4_sym``, ``int2_asym``, ``nf4``,
            ``mxfp4`` or ``fp8_e4m3``.
        group_size: weights that share a scale; ``"auto"``: 64 for formats of less than 8 bits, else one scale for each
            output channel, which ``"channel"`` asks for always. A size that does not divide the input channels falls
            back to a smaller one.
        table_format: of embeddings and of the last product; by default ``int8_asym`` where layers have fewer bits.
        ignored_scope: names of operations that stay as they are, or ``{"scope": names, "operations": types}``.
        example_input: what a torch module is called with.
        progress: is told how the work goes on.

    Raises:
        ConfigError: an argument is not possible.
        UnknownNameError: a format or an ignored name does not exist.
        ModelError: the model cannot be read, has no such weights, or some that are not finite.
        AlreadyQuantizedError: all its weights are stored in as few bits already.
    """
    config = validated(weight_format, group_size, table_format, ignored_scope)
    source = read_model(model, example_input=example_input)
    check_names_exist(source, config.ignored.scope)
    result = compressed(source, config, progress or SilentProgress())
    name = str(model) if isinstance(model, str | PathLike) else str(source.get_friendly_name())
    return replace(result, settings={"model": name, **result.settings})


def validated(
    weight_format: str, group_size: GroupSize, table_format: str | None, ignored_scope: IgnoredNames
) -> WeightCompressionConfig:
    """The arguments of the caller as validated settings.

    Raises:
        ConfigError: one of them is not possible.
    """
    if isinstance(ignored_scope, str):
        raise ConfigError(f"ignored_scope must be a list of names, not the text {ignored_scope!r}")
    ignored: Any = {} if ignored_scope is None else ignored_scope
    if not isinstance(ignored, Mapping) and not hasattr(ignored, "scope"):
        ignored = {"scope": list(ignored)}
    stated = {
        "weight_format": weight_format,
        "group_size": group_size,
        "table_format": table_format,
        "ignored": ignored,
    }
    config, faults = check_section("compress_weights", stated, WeightCompressionConfig)
    refuse(faults, "the arguments")
    assert config is not None  # noqa: S101  there were no faults
    return config


def compressed(source: Model, config: WeightCompressionConfig, progress: Progress) -> CompressionResult:
    """Compress a copy of ``source``; see :func:`compress_weights`."""
    with reported_warnings() as reported:
        made = prepared_copy(source)
        found = find_model_weights(made, config.ignored)
        choices, unchanged = choose_formats(found.tensors, config)
        kept = (*found.kept, *unchanged)
        if not choices:
            raise nothing_to_compress(found, unchanged)
        stored = store_choices(made, choices, progress)
        store_compactly(made)
        result = read_back(made)
        with stage(progress, "reading how the device runs it"):
            read_as = types_that_device_reads(result)
    return CompressionResult(
        model=result,
        status=Status.DONE_IN_PART if reported.failed_stages else Status.DONE,
        size_before=count_stored_bytes(source),
        size_after=count_stored_bytes(result),
        weights=weight_records(stored, kept, read_as),
        warnings=tuple(dict.fromkeys((*compression_warnings(stored), *reported.texts))),
        failed_stages=tuple(reported.failed_stages),
        settings=settings_of(config),
    )


def nothing_to_compress(found: FoundWeights, unchanged: Sequence[KeptWeights]) -> ModelError:
    """Why there is nothing to do."""
    if unchanged:
        reasons = ", ".join(sorted({one.reason for one in unchanged}))
        return AlreadyQuantizedError(
            f"the weights of the model are compressed already ({reasons}): ask for fewer bits, or start from the "
            "original model"
        )
    reasons = "; ".join(sorted({f"{one.type}: {one.reason}" for one in found.kept})) or "it has no large weights"
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
            one.choice.weights.name,
            str(one.choice.weights.role),
            one.choice.weights.num_weights,
            one.choice.weight_format.name,
            one.choice.group_size,
            one.num_bytes,
            one.error**0.5,
            read_as.get(one.choice.weights.name),
            one.choice.reason,
        )
        for one in stored
    ]
    records += [WeightRecord(one.name, one.type, one.num_weights, reason=one.reason) for one in kept]
    return tuple(records)


def compression_warnings(stored: Sequence[StoredChoice]) -> tuple[str, ...]:
    """What should give pause."""
    recoded = [one.choice.weights.name for one in stored if one.choice.weights.stored_type]
    if not recoded:
        return ()
    return (
        f"{len(recoded)} weight tensors were stored in few bits before and are coded anew, {recoded[0]!r} among them: "
        "the original model would lose less",
    )


def settings_of(config: WeightCompressionConfig) -> dict[str, JSONValue]:
    """How the result was made."""
    return {
        **config.model_dump(mode="json"),
        "versions": {
            "openpot": find_installed_version("openpot"),
            "openvino": read_openvino_version(),
            "numpy": find_installed_version("numpy"),
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

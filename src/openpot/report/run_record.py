"""``run.json`` read back: what a run recorded, checked before anything is made of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from openpot.errors import FileError, MissingFileError
from openpot.examination.records import Examination
from openpot.measure.default_precision import DefaultPrecision
from openpot.measure.executed_graph import Arithmetic
from openpot.measure.metric_change import MetricChange
from openpot.measure.output_distance import OutputDistance
from openpot.measure.speed import SpeedResult
from openpot.placement.plan import OperationDecision
from openpot.report.as_json import FORMAT
from openpot.report.next_steps import NextStep
from openpot.report.records import DropRecord, FailedStage, Finding, LayerRecord, MetricSamples, Status
from openpot.report.verdict import Verdict
from openpot.saved_files import RUN_RECORD
from openpot.search.latency_curve import LatencyCurve
from openpot.search.tried_models import TriedModel
from openpot.typing_aliases import JSONValue, StrPath


class RecordedEvidence(BaseModel):
    """What the search judged."""

    model_config = ConfigDict(frozen=True)

    output_error: float
    allowed_error: float | None = None
    validation_samples: int = 0
    ranges: str = ""
    judged_at: str = "at the outputs"
    reverted_to_float: dict[str, float] = {}
    tried: tuple[TriedModel, ...] = ()
    shifted: tuple[str, ...] = ()


class RecordedPlan(BaseModel):
    """The decisions about operations."""

    model_config = ConfigDict(frozen=True)

    target_device: str
    decisions: tuple[OperationDecision, ...] = ()


class RunRecord(BaseModel):
    """A record of :func:`openpot.quantize` as ``run.json`` holds it; keys that are not needed here are passed over."""

    model_config = ConfigDict(frozen=True)

    status: Status
    plan: RecordedPlan
    size_before: int
    size_after: int
    format: int = FORMAT
    verdict: Verdict | None = None
    next_steps: tuple[NextStep, ...] = ()
    samples_used: int = 0
    metric_before: dict[str, float] | None = None
    metric_after: dict[str, float] | None = None
    metric_samples: int = 0
    metric_measured_on: MetricSamples | None = None
    held_out_share: float | None = None
    metric_change: dict[str, MetricChange] = {}
    drop: DropRecord | None = None
    output_error: tuple[OutputDistance, ...] = ()
    compared_held_out: int | None = None
    speedup: SpeedResult | None = None
    default_precision: DefaultPrecision | None = None
    work_shares: dict[Arithmetic, float] = {}
    layers: tuple[LayerRecord, ...] = ()
    evidence: RecordedEvidence | None = None
    curve: LatencyCurve | None = None
    warnings: tuple[str, ...] = ()
    failed_stages: tuple[FailedStage, ...] = ()
    findings: tuple[Finding, ...] = ()
    examination: Examination | None = None
    settings: dict[str, Any] = {}
    files: dict[str, str] = {}


def read_run(folder: StrPath) -> RunRecord:
    """The record in the output folder of a run.

    Args:
        folder: holds ``run.json``; the file itself is taken too.

    Raises:
        MissingFileError: there is no record.
        FileError: it is damaged, of another kind, or of a newer openpot.
    """
    content, path = read_content(folder)
    return parse_run_record(content, str(path))


def read_content(folder: StrPath) -> tuple[Any, Path]:
    """What is in the ``run.json`` of any command, unchecked, and where that is.

    Args:
        folder: holds ``run.json``; the file itself is taken too.

    Raises:
        MissingFileError: there is no record.
        FileError: it is no JSON.
    """
    path = Path(folder) / RUN_RECORD if Path(folder).is_dir() else Path(folder)
    try:
        return json.loads(path.read_text(encoding="utf-8")), path
    except FileNotFoundError as error:
        raise MissingFileError(f"there is no {RUN_RECORD} at {str(path)!r}: give the output folder of a run") from error
    except (OSError, ValueError, RecursionError) as error:
        raise FileError(f"{str(path)!r} cannot be read as JSON: {error}") from error


def parse_run_record(content: Mapping[str, JSONValue] | Any, where: str = RUN_RECORD) -> RunRecord:
    """The content of a ``run.json``.

    Raises:
        FileError: it is damaged, of another kind, or of a newer openpot.
    """
    if not isinstance(content, Mapping) or "plan" not in content:
        raise FileError(f"{where!r} holds no record of openpot quantize: expected an object with a 'plan'")
    version = content.get("format", FORMAT)
    if not isinstance(version, int) or version > FORMAT:
        settings = content.get("settings")
        versions = settings.get("versions") if isinstance(settings, Mapping) else None
        maker = versions.get("openpot", "unknown") if isinstance(versions, Mapping) else "unknown"
        raise FileError(
            f"{where!r} is a record of format {version!r}, made by openpot {maker}; this openpot reads up to format "
            f"{FORMAT}: update openpot"
        )
    try:
        return RunRecord.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise FileError(f"{where!r} is damaged: {place}: {first['msg']}") from error

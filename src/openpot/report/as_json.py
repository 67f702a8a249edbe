"""Results and plans as plain data that JSON can hold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from openpot.report.definitions import DROP, OUTPUT_ERROR
from openpot.report.next_steps import suggest_next_steps
from openpot.report.records import DropRecord, QuantizationRecord
from openpot.report.verdict import judge_record
from openpot.search.tried_models import list_tried_models
from openpot.typing_aliases import JSONValue

FORMAT = 2
"""Of the record: it grows with changes after which an older openpot would misread it."""


def record_to_json(record: QuantizationRecord) -> dict[str, JSONValue]:
    """Everything about a result but the model itself."""
    return {
        "format": FORMAT,
        "verdict": to_json_value(asdict(judge_record(record))),
        "next_steps": [to_json_value(asdict(step)) for step in suggest_next_steps(record)],
        "status": str(record.status),
        "settings": to_json_value(record.settings),
        "samples_used": record.samples_used,
        "metric_before": to_json_value(record.metric_before),
        "metric_after": to_json_value(record.metric_after),
        "metric_samples": record.metric_samples,
        "metric_measured_on": to_json_value(record.metric_measured_on),
        "held_out_share": record.held_out_share,
        "metric_change": {name: to_json_value(asdict(change)) for name, change in record.metric_change.items()},
        "drop": None if record.drop is None else drop_to_json(record.drop),
        "output_error": [to_json_value(asdict(error)) for error in record.output_error],
        "compared_held_out": record.compared_held_out,
        "size_before": record.size_before,
        "size_after": record.size_after,
        "speedup": None if record.speedup is None else to_json_value(asdict(record.speedup)),
        "default_precision": None if record.default_precision is None else asdict(record.default_precision),
        "work_shares": to_json_value(record.work_shares),
        "definitions": {"output_error": OUTPUT_ERROR, "drop": DROP},
        "layers": [to_json_value(asdict(layer)) for layer in record.layers],
        "evidence": evidence_to_json(record),
        "curve": None if record.curve is None else to_json_value(asdict(record.curve)),
        "warnings": list(record.warnings),
        "failed_stages": [to_json_value(asdict(failed)) for failed in record.failed_stages],
        "findings": [to_json_value(asdict(finding)) for finding in record.findings],
        "examination": None if record.examination is None else to_json_value(asdict(record.examination)),
        "plan": record.plan.to_dict(),
    }


def drop_to_json(drop: DropRecord) -> JSONValue:
    """The drop with its verdict, which follows from the others."""
    return {"is_met": str(drop.is_met), **{name: to_json_value(value) for name, value in asdict(drop).items()}}


def evidence_to_json(record: QuantizationRecord) -> JSONValue:
    """What the outputs decided; None where they were not asked."""
    evidence = record.evidence
    if evidence is None:
        return None
    work = {layer.operation: layer.multiplications for layer in record.layers}
    return {
        "ranges": evidence.ranges,
        "shifted_layers": len(evidence.shifts),
        "shifted": [*sorted(evidence.shifts)],
        "output_error": to_json_value(evidence.error),
        "allowed_error": to_json_value(evidence.budget),
        "judged_at": evidence.judged_at,
        "errors": to_json_value(evidence.errors),
        "validation_samples": evidence.validation_samples,
        "inferences": evidence.inferences,
        "tried": [to_json_value(asdict(model)) for model in list_tried_models(evidence, work)],
        "reverted_to_float": {name: share for unit, share in evidence.in_float for name in unit.operations},
    }


def to_json_value(value: Any) -> JSONValue:
    """Mappings as dicts with text keys, sequences as lists, enumerations as texts, numbers of NumPy as Python's."""
    if isinstance(value, Mapping):
        return {str(key): to_json_value(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_json_value(entry) for entry in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(value)  # JSON has no word for infinity
    return to_json_value(value.item()) if hasattr(value, "item") else str(value)

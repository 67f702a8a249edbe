"""What the outputs decided, for the record of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpot.typing_aliases import JSONValue

if TYPE_CHECKING:
    from openpot.search.evidence import Evidence


def evidence_as_json(evidence: Evidence | None) -> JSONValue:
    """What the outputs decided, for the record; None where they were not asked."""
    if evidence is None:
        return None
    return {
        "ranges": evidence.rule,
        "shifted_layers": len(evidence.shifts),
        "output_error": evidence.error,
        "allowed_error": evidence.budget,
        "errors": dict(evidence.errors),
        "judging_items": evidence.judges,
        "inferences": evidence.inferences,
        "back_to_float": {name: share for unit, share in evidence.in_float for name in unit.operations},
    }

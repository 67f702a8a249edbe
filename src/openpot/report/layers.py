"""Plan and executed graph side by side: what became of every layer that multiplies and accumulates."""

from __future__ import annotations

from openpot.graph.operation_kinds import MAC_OPERATIONS, SEQUENCES
from openpot.measure.executed_graph import ExecutedGraph
from openpot.placement.plan import OperationDecision, QuantizationPlan
from openpot.report.records import LayerRecord

REPORTED_TYPES = MAC_OPERATIONS | SEQUENCES


def describe_layers(plan: QuantizationPlan, executed: ExecutedGraph | None) -> tuple[LayerRecord, ...]:
    """One record for each layer of the plan, in its order.

    Args:
        plan: what was planned, and why.
        executed: what the device runs; None if it is not here.
    """
    return tuple(describe_layer(decision, executed) for decision in plan.decisions if decision.type in REPORTED_TYPES)


def describe_layer(decision: OperationDecision, executed: ExecutedGraph | None) -> LayerRecord:
    """What became of the operation of one decision."""
    found = None if executed is None else executed.get(decision.operation)
    if found is None:
        unseen = "" if executed is None else "; the executed graph does not name it"
        return LayerRecord(decision.operation, decision.type, None, False, decision.reason + unseen)
    reason = decision.reason
    if decision.quantized and not found.is_integer:
        reason = f"prepared for INT8, but the device computes it in {found.precision} ({found.kernel})"
    return LayerRecord(decision.operation, decision.type, found.precision, found.is_integer, reason)

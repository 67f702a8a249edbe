"""Plan and executed graph side by side: what became of every layer that multiplies and accumulates."""

from __future__ import annotations

from collections.abc import Mapping

from openpot.graph.operation_kinds import MAC_OPERATIONS, SEQUENCES
from openpot.measure.executed_graph import Arithmetic, ExecutedGraph, ExecutedOperation
from openpot.measure.planned_share import why_undecided
from openpot.measure.work import Work
from openpot.placement.plan import OperationDecision, QuantizationPlan
from openpot.report.records import LayerRecord

PREPARED = "prepared for INT8, but the device"
"""How the reason of a layer begins that was quantized and runs in float."""
REPORTED_TYPES = MAC_OPERATIONS | SEQUENCES


def describe_layers(
    plan: QuantizationPlan, executed: ExecutedGraph | None, work: Mapping[str, Work] | None = None
) -> tuple[LayerRecord, ...]:
    """One record for each layer of the plan, in its order, then for those that the plan does not speak of.

    Args:
        plan: what was planned, and why.
        executed: what the device runs; None if it is not here.
        work: every operation that multiplies and accumulates, bodies included.
    """
    known = work or {}
    decided = [
        decision for decision in plan.decisions if decision.type in REPORTED_TYPES or decision.operation in known
    ]
    names = {decision.operation for decision in decided}
    others = [_make_decision(name, operation_work) for name, operation_work in known.items() if name not in names]
    return tuple(describe_layer(decision, executed, known.get(decision.operation)) for decision in (*decided, *others))


def describe_layer(
    decision: OperationDecision, executed: ExecutedGraph | None, work: Work | None = None
) -> LayerRecord:
    """What became of the operation of one decision."""
    operation = None if executed is None else executed.get(decision.operation)
    arithmetic: Arithmetic | None = None
    precision, kernel, reason = None, None, decision.reason
    if operation is not None:
        arithmetic, precision, reason = operation.arithmetic, operation.computes_in, _explain(decision, operation)
        kernel = operation.kernel or None
    elif executed is not None:
        arithmetic = None if decision.quantized else _find_float_arithmetic(work)
        reason += "; the executed graph does not name it" if decision.quantized else ""
    multiplications = 0.0 if work is None else work.multiplications
    is_integer = arithmetic == Arithmetic.INT8
    return LayerRecord(
        decision.operation, decision.type, precision, is_integer, reason, arithmetic, multiplications, kernel
    )


def _explain(decision: OperationDecision, executed: ExecutedOperation) -> str:
    if not decision.quantized or executed.is_integer:
        return decision.reason
    unpacks = "unpacks its weights and " if executed.arithmetic == Arithmetic.WEIGHT_ONLY else ""
    return f"{PREPARED} {unpacks}computes it in {executed.computes_in} ({executed.kernel})"


def _find_float_arithmetic(work: Work | None) -> Arithmetic:
    """How an operation is computed that was not prepared for INT8."""
    return Arithmetic.WEIGHT_ONLY if work is not None and work.has_packed_weights else Arithmetic.FLOAT


def _make_decision(name: str, work: Work) -> OperationDecision:
    return OperationDecision(name, work.type, False, why_undecided(work.type, work.is_in_body))

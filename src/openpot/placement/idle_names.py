"""Names in the ignored scope that change nothing: they are of operations that would not be quantized anyway.

Front ends split operations: what an ONNX file calls ``Conv_0`` comes as a convolution of another name and the Add of
its bias, which keeps the name.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import replace

from openpot.graph.snapshot import GraphSnapshot
from openpot.placement.placement_request import PlacementRequest
from openpot.placement.plan import QuantizationPlan

Place = Callable[[GraphSnapshot, PlacementRequest], QuantizationPlan]

SHOWN = 3
_STEPS_UP = 3


def warn_of_idle_names(
    snapshot: GraphSnapshot, request: PlacementRequest, plan: QuantizationPlan, place: Place
) -> tuple[str, ...]:
    """A sentence for each ignored name without which the plan would be the same, with the names that may be meant.

    Args:
        snapshot: the graph.
        request: what was asked for.
        plan: what came out.
        place: makes the plan of another request.
    """
    if request.ignored is None or request.ignored.skip_model:
        return ()
    decided = {decision.operation for decision in plan.decisions}
    suspects = [name for name in request.ignored.scope if name in snapshot and name not in decided]
    if not suspects:
        return ()
    if place(snapshot, _drop_names(request, suspects)).quantizers != plan.quantizers:
        suspects = [
            decision
            for decision in suspects
            if place(snapshot, _drop_names(request, [decision])).quantizers == plan.quantizers
        ]
    quantized = [decision.operation for decision in plan.decisions if decision.quantized]
    return tuple(_describe_idle(snapshot, name, quantized) for name in suspects)


def _drop_names(request: PlacementRequest, names: Sequence[str]) -> PlacementRequest:
    assert request.ignored is not None  # noqa: S101  looked up by the caller
    scope = tuple(name for name in request.ignored.scope if name not in names)
    return replace(request, ignored=request.ignored.model_copy(update={"scope": scope}))


def _describe_idle(snapshot: GraphSnapshot, name: str, quantized: Sequence[str]) -> str:
    near = _find_near(snapshot, name, quantized)
    hint = f"; near it are quantized: {', '.join(map(repr, near))}" if near else ""
    return (
        f"ignored scope: {name!r} ({snapshot[name].type}) changes nothing, the operation is not quantized anyway{hint}"
    )


def _find_near(snapshot: GraphSnapshot, name: str, quantized: Sequence[str]) -> list[str]:
    """What the operation gets its data from, then what is called alike."""
    candidates, known = [], set(quantized)
    level = [name]
    for _ in range(_STEPS_UP):
        level = [source.node for name_above in level for source in snapshot[name_above].inputs]
        candidates += [name_above for name_above in level if name_above in known]
        level = [name_above for name_above in level if name_above not in known]
    alike = difflib.get_close_matches(name, quantized, n=SHOWN)
    parts = [name_above for name_above in quantized if name in name_above]
    return list(dict.fromkeys((*candidates, *parts, *alike)))[:SHOWN]

"""The entry to placement: a graph snapshot and a request in, a quantization plan out."""

from __future__ import annotations

from dataclasses import replace

from openpot.graph.snapshot import GraphSnapshot
from openpot.placement.idle_names import warn_of_idle_names
from openpot.placement.placement_default import place_by_default
from openpot.placement.placement_pot import place_as_pot
from openpot.placement.placement_request import PlacementRequest
from openpot.placement.plan import QuantizationPlan

__all__ = ["PlacementRequest", "plan_quantization"]


def plan_quantization(snapshot: GraphSnapshot, request: PlacementRequest) -> QuantizationPlan:
    """Decide, without any data, which tensors of one graph get a FakeQuantize of which kind.

    Args:
        snapshot: The model, or the body of a Loop or If with full names.
        request: Device, kind of placement and options.

    Returns:
        Quantizers in topological order, one decision with its reason for every operation that could be quantized, and
        warnings, for instance about names in the ignored scope that fit nothing.

    Raises:
        ConfigError: No configuration of a quantizer suits all operations that share it.
    """
    plan = _place(snapshot, request)
    idle = warn_of_idle_names(snapshot, request, plan, _place)
    return replace(plan, warnings=(*plan.warnings, *idle))


def _place(snapshot: GraphSnapshot, request: PlacementRequest) -> QuantizationPlan:
    if request.placement == "pot":
        return place_as_pot(snapshot, request)
    if request.device.needs_pot_placement:
        note = f"{request.target_device} quantizes every operation: placement 'pot' is used for it"
        plan = place_as_pot(snapshot, request)
        return replace(plan, warnings=(note, *plan.warnings))
    return place_by_default(snapshot, request)

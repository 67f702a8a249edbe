"""Refuses models that are quantized already: quantizing them again would stack one rounding on another."""

from __future__ import annotations

from openpot.errors import AlreadyQuantizedError
from openpot.graph.operation_kinds import MAC_OPERATIONS
from openpot.graph.snapshot import GraphSnapshot
from openpot.placement.mac_suitability import find_stored_type
from openpot.placement.quantizer_graph import FAKE_QUANTIZE


def refuse_quantized_model(snapshot: GraphSnapshot) -> None:
    """Raise if a graph holds quantizers, or if all its weights are stored in low precision.

    A model of which only some weights are compressed is accepted: placement leaves those operations alone.

    Raises:
        AlreadyQuantizedError: The graph is quantized.
    """
    quantizers = snapshot.nodes_of_type(FAKE_QUANTIZE, "FakeConvert")
    if quantizers:
        raise AlreadyQuantizedError(
            f"the model is quantized already: it holds {len(quantizers)} {quantizers[0].type} operations, the first is "
            f"{quantizers[0].name!r}; give the original floating-point model"
        )
    stored = _find_stored_types(snapshot)
    low = [kind for kind in stored.values() if kind is not None]
    if stored and len(low) == len(stored):
        name, kind = next(iter(stored.items()))
        raise AlreadyQuantizedError(
            f"the model is quantized already: all {len(stored)} operations with weights have them in low precision "
            f"({name!r} in {kind}); give the original floating-point model"
        )


def _find_stored_types(snapshot: GraphSnapshot) -> dict[str, str | None]:
    """Operation with constant weights -> low-precision type of these, or None."""
    types: dict[str, str | None] = {}
    for node in snapshot.nodes_of_type(*MAC_OPERATIONS):
        constant = [source.node for source in node.inputs[:2] if source.node in snapshot.constants]
        if len(constant) == 1:
            types[node.name] = find_stored_type(snapshot, constant[0])
    return types

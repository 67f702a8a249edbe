"""Which weights must be kept small, so that pairs of 8-bit products fit into 16 bits.

Without VNNI or AMX, x86 processors add two products of unsigned and signed bytes in a signed 16-bit register: 255 * 127
twice overflows. Products of halved weights, which use 7 of the 8 bits, do not (POT's fix). Where it is known which
products are paired, it is enough that the sums of these pairs are small: most filters then keep nearly all 8 bits.
"""

from __future__ import annotations

from openpot.config.target_devices import TargetDevice
from openpot.graph.operation_kinds import CONVOLUTIONS, MAC_OPERATIONS, is_depthwise
from openpot.graph.snapshot import GraphSnapshot, NodeRecord
from openpot.graph.weights import weight_input_axis
from openpot.placement.plan import QuantizerKind
from openpot.placement.quantizer_graph import QuantizerGraph


def choose_halved_weights(
    graph: QuantizerGraph, saturation_fix: str, device: TargetDevice, as_pot: bool = True
) -> frozenset[str]:
    """Keys of the weight quantizers that ``saturation_fix`` (``first_layer``, ``all``, ``no``) chooses.

    Args:
        graph: The draft with all quantizers in place.
        saturation_fix: What the user chose.
        device: Only those that may saturate need the fix.
        as_pot: As POT did: depthwise convolutions are halved too, although their kernels add no pairs of products and
            they lose more by the missing bit than others (MobileNetV2 on AVX2, all layers: 10 dB with them, 16
            without); and models without a convolution are left alone, although MatMuls overflow as well.
    """
    snapshot = graph.snapshot
    if not device.may_saturate or saturation_fix == "no":
        return frozenset()
    if as_pot and not snapshot.nodes_of_type(*CONVOLUTIONS):
        return frozenset()
    if saturation_fix == "all":
        operations = [node.name for node in snapshot.nodes_of_type(*MAC_OPERATIONS)]
    else:
        operations = find_first_convolutions(snapshot)
    if not as_pot:
        operations = [name for name in operations if not is_depthwise(snapshot, snapshot[name])]
    sources = {source for name in operations for source in graph.sources(name)[:2]}
    return frozenset(
        key for key in sources if key in graph.quantizers and graph.quantizers[key].kind == QuantizerKind.WEIGHTS
    )


def find_pair_axes(graph: QuantizerGraph, keys: frozenset[str]) -> dict[str, int]:
    """The axis of the weights along which the CPU pairs products, for quantizers whose readers all have the same axis.

    Checked on kernels of the CPU plugin: convolutions of any rank, grouped and transposed ones and MatMuls pair
    neighbouring input channels, beginning with the first.
    """
    axis_of = {}
    for key in keys:
        axes = {
            _find_pair_axis(graph.snapshot, graph.record(reader.node), reader.port)
            for reader in graph.output_readers(key)
        }
        axis = axes.pop() if len(axes) == 1 else None
        if axis is not None:
            axis_of[key] = axis
    return axis_of


def _find_pair_axis(snapshot: GraphSnapshot, record: NodeRecord, port: int) -> int | None:
    shape = snapshot.shape(record.inputs[port])
    return None if port != 1 or shape is None else weight_input_axis(record, len(shape), port)


def find_first_convolutions(snapshot: GraphSnapshot) -> list[str]:
    """The first convolution on every path from an input of the model."""
    convolutions: dict[str, None] = {}
    pending = [node.name for node in snapshot.nodes_of_type("Parameter")]
    seen = set(pending)
    while pending:
        name = pending.pop(0)
        for reader in snapshot.readers(name):
            if snapshot[reader.node].type in CONVOLUTIONS:
                convolutions[reader.node] = None
            elif reader.node not in seen:
                seen.add(reader.node)
                pending.append(reader.node)
    return list(convolutions)

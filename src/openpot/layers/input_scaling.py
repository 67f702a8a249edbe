"""Whether samples look as if they were scaled otherwise than the network expects.

Nobody can know what a network was trained on, but two mistakes leave traces: pixels that were never scaled, before a
network whose first layer answers to them tens of times as strongly as normalized networks do; and pixels that were
scaled already, before a network that scales its input itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from openpot.graph.node_index import NodeIndex
from openpot.graph.operation_kinds import REORDERINGS
from openpot.graph.revisions import snapshot_graphs
from openpot.graph.snapshot import GraphSnapshot, NodeRecord
from openpot.graph.weights import constant_value
from openpot.layers.layer_gain import compute_gains
from openpot.layers.linear_layer import find_linear_layers
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model

BRIGHTEST = 255.0
FEW_LEVELS = 32.0
"""Whole numbers up to this may be classes or counts; pixels of real pictures go above it."""
SCALED = 8.0
"""Pixels normalized by the mean and deviation of any data set are smaller than this."""
STRONG = 30.0
"""A first layer with folded normalization answers with a deviation around 1; several times that is usual."""
_SCALING = frozenset({"Subtract", "Add", "Multiply", "Divide", "BatchNormInference", "MVN", "NormalizeL2"})
_CHANNELS = (1, 3)


def suspect_input_scaling(model: Model, feeds: Sequence[Mapping[int, Array]]) -> str | None:
    """What speaks for wrongly scaled samples, as a sentence; None if nothing does.

    Args:
        model: the float model.
        feeds: arrays of some samples by number of the input.
    """
    snapshot, nodes = snapshot_graphs(model)[""], NodeIndex(model)
    for number, port in enumerate(model.inputs):
        arrays = [feed[number] for feed in feeds if number in feed]
        if not arrays or not all(_is_image(array) for array in arrays):
            continue
        name = str(port.get_node().get_friendly_name())
        reason = _suspect(snapshot, nodes, name, np.concatenate([np.ravel(array) for array in arrays]))
        if reason is not None:
            return reason
    return None


def _is_image(array: Array) -> bool:
    is_float = array.dtype.kind == "f"
    return is_float and array.ndim == 4 and (array.shape[1] in _CHANNELS or array.shape[-1] in _CHANNELS)


def _suspect(snapshot: GraphSnapshot, nodes: NodeIndex, name: str, values: Array) -> str | None:
    low, high = float(values.min()), float(values.max())
    first = _find_first_reader(snapshot, name)
    if first is None or not np.isfinite([low, high]).all():
        return None
    if first.type in _SCALING:
        if max(-low, high) > SCALED or not _shrinks_pixels(snapshot, nodes, first):
            return None
        return (
            f"the input {name!r} gets values from {low:.3g} to {high:.3g}, and the model scales pixels from 0 to 255 "
            f"itself ({first.name!r}): they seem to be scaled twice"
        )
    is_pixels = low >= 0 and FEW_LEVELS < high <= BRIGHTEST and bool((values == np.round(values)).all())
    layer = next((candidate for candidate in find_linear_layers(snapshot) if candidate.name == first.name), None)
    if not is_pixels or layer is None:
        return None
    response = float(np.median(compute_gains(layer, constant_value(nodes, layer.constant)))) * float(values.std())
    if response < STRONG:
        return None
    return (
        f"the input {name!r} gets pixels as they are, whole numbers from {low:.0f} to {high:.0f}, and the first layer "
        f"({first.name!r}) answers to them about {response:.0f} times as strongly as normalized networks do: the "
        "samples seem not to be scaled as in training"
    )


def _find_first_reader(snapshot: GraphSnapshot, name: str) -> NodeRecord | None:
    """The first operation that computes with an input; None where there are several."""
    while True:
        readers = [reader for reader in snapshot.readers(name) if reader.node not in snapshot.shape_arithmetic]
        if len(readers) != 1:
            return None
        node = snapshot[readers[0].node]
        if node.type not in REORDERINGS | {"Convert"}:
            return node
        name = node.name


def _shrinks_pixels(snapshot: GraphSnapshot, nodes: NodeIndex, node: NodeRecord) -> bool:
    """Whether an operation takes a mean of pixels off, or divides by more than their deviation from a mean."""
    constants = [source for source in node.inputs if source.node in snapshot.constants]
    if len(constants) != 1:
        return False
    size = float(np.abs(constant_value(nodes, constants[0])).mean())
    return size < 1 / FEW_LEVELS if node.type == "Multiply" else size > FEW_LEVELS

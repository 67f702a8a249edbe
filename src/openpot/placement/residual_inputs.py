"""Quantizers that an Add does not need on devices whose additions take one input in float as fast."""

from __future__ import annotations

import math

from openpot.graph.operation_kinds import OPERATIONS_WITH_BIAS
from openpot.graph.tensor_id import InputId
from openpot.placement.plan import QuantizerKind
from openpot.placement.quantizer_graph import QuantizerGraph


def drop_one_of_two_at_adds(graph: QuantizerGraph) -> None:
    """Where both inputs of an Add are quantized, remove the quantizer that nothing else needs."""
    for node in graph.snapshot.nodes_of_type("Add"):
        keys = [graph.source(InputId(node.name, port)).node for port in range(len(node.inputs))]
        if len(keys) != 2 or not all(_is_on_activations(graph, key) for key in keys):
            continue
        # The more read one first; of two alike, the second input.
        wide, narrow = sorted(reversed(keys), key=lambda key: -len(graph.consumers(key)))
        unneeded = _choose_unneeded(graph, wide, narrow)
        if unneeded is not None:
            graph.remove(unneeded)


def _choose_unneeded(graph: QuantizerGraph, wide: str, narrow: str) -> str | None:
    if len(graph.consumers(wide)) > 1 and len(graph.consumers(narrow)) == 1 and _producer_has_constant(graph, narrow):
        return narrow
    if _comes_straight_from_weights(graph, wide) and _comes_straight_from_weights(graph, narrow):
        return wide if _num_elements(graph, wide) >= _num_elements(graph, narrow) else narrow
    return None


def _is_on_activations(graph: QuantizerGraph, key: str) -> bool:
    return key in graph.quantizers and graph.quantizers[key].kind != QuantizerKind.WEIGHTS


def _producer_has_constant(graph: QuantizerGraph, key: str) -> bool:
    """Whether the second input of the operation above a quantizer is a constant, quantized or not."""
    producer = graph.record(graph.quantized_tensor(key).node)
    if len(producer.inputs) < 2:
        return False
    return producer.inputs[1].node in graph.snapshot.constants


def _comes_straight_from_weights(graph: QuantizerGraph, key: str) -> bool:
    """Whether the walk up from a quantizer reaches a convolution or MatMul through operations with one input."""
    name = key
    while True:
        sources = [source for source in graph.sources(name) if not graph.is_constant(source)]
        if len(sources) != 1:
            return False
        name = sources[0]
        if graph.type_of(name) in OPERATIONS_WITH_BIAS:
            return True


def _num_elements(graph: QuantizerGraph, key: str) -> float:
    tensor = graph.quantized_tensor(key)
    shape = graph.snapshot.shape(tensor)
    if shape is None or None in shape:
        return math.inf
    return math.prod(size for size in shape if size is not None)

"""One decision for every operation that could be quantized: how it is, or why it is not, in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from openpot.config.hardware import HardwareTable
from openpot.config.quantizer import QuantizerConfig
from openpot.graph.operation_kinds import FLOAT_TYPES
from openpot.graph.snapshot import NodeRecord
from openpot.graph.tensor_id import InputId
from openpot.placement.plan import OperationDecision, QuantizerKind
from openpot.placement.quantizer_graph import QuantizerGraph
from openpot.placement.table_entry import find_table_entry
from openpot.placement.virtual_bias import BiasedGraph


@dataclass(frozen=True)
class DecisionContext:
    """The draft, and why operations were left out of it."""

    graph: QuantizerGraph
    biased: BiasedGraph
    reasons: Mapping[str, str]
    is_agnostic: Callable[[NodeRecord], bool]


def decide_by_table(
    context: DecisionContext, table: HardwareTable, configs: Mapping[str, QuantizerConfig]
) -> tuple[OperationDecision, ...]:
    """Decisions for the operations that the table quantizes."""
    graph = context.graph
    nodes = [
        node
        for node in graph.snapshot.nodes.values()
        if node.name not in context.biased.added
        and node.name not in graph.snapshot.constants
        and find_table_entry(table, graph.snapshot, node) is not None
    ]
    return tuple(decide(context, node, configs) for node in nodes)


def decide(
    context: DecisionContext, node: NodeRecord, configs: Mapping[str, QuantizerConfig], otherwise: str = ""
) -> OperationDecision:
    """The decision for one operation, read from the quantizers that stand on its inputs (or after it)."""
    graph = context.graph
    left_out = context.reasons.get(node.name, "")
    keys = [] if left_out else _find_quantizers(context, node)
    if keys:
        names = tuple(graph.quantizers[key].name for key in keys)
        return OperationDecision(node.name, node.type, True, _describe_quantizers(graph, keys, configs), names)
    reason = left_out or otherwise or _explain_float(graph, node)
    return OperationDecision(node.name, node.type, False, f"stays in float: {reason}")


def _find_quantizers(context: DecisionContext, node: NodeRecord) -> list[str]:
    """Keys of the quantizers whose values an operation reads, and of those that read it."""
    graph = context.graph
    keys: dict[str, None] = {}
    for port in range(len(node.inputs)):
        name = graph.source(InputId(node.name, port)).node
        seen: set[str] = set()
        while name not in graph.quantizers and name not in seen and context.is_agnostic(graph.record(name)):
            seen.add(name)
            if not graph.sources(name):
                break
            name = graph.sources(name)[0]
        if name in graph.quantizers:
            keys[name] = None
    following = (key for key in graph.consumers(node.name) if key in graph.quantizers)
    keys.update((key, None) for key in following if graph.quantizers[key].kind == QuantizerKind.OUTPUTS)
    return list(keys)


def _describe_quantizers(graph: QuantizerGraph, keys: list[str], configs: Mapping[str, QuantizerConfig]) -> str:
    parts: dict[str, None] = {}
    for key in keys:
        parts[f"{graph.quantizers[key].kind} {describe_config(configs[key])}"] = None
    return "quantized: " + "; ".join(parts)


def describe_config(config: QuantizerConfig) -> str:
    """``8 bits, symmetric, per tensor``."""
    return f"{config.num_bits} bits, {config.mode}, {config.granularity}"


def _explain_float(graph: QuantizerGraph, node: NodeRecord) -> str:
    types = [graph.snapshot.element_type(source) for source in node.inputs]
    if types and types[0] not in FLOAT_TYPES:
        return f"its data are of type {types[0]}"
    if node.type in ("GRUSequence",) and node.attributes.get("linear_before_reset", False):
        return "linear_before_reset is not run in low precision"
    return "no quantizer stayed on its inputs (they hold integers, computed shapes, or belong to a block in float)"

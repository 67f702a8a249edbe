"""openpot's own placement: operations that multiply and accumulate, and what keeps INT8 data INT8 between them.

Measured over many networks, quantizing anything else costs accuracy and mostly buys no speed: element-wise
arithmetic, normalisation and activation functions run in float inside fused kernels whatever is written into the graph.
So a quantizer stands on the inputs of the convolutions and matrix products that the device runs in INT8, and moves up
only through operations that move INT8 data as they are.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from openpot.config.quantizer import QuantizerConfig
from openpot.graph.lstm_layer import LSTM_SEQUENCE
from openpot.graph.moved_values import keeps_channels, preserves_precision
from openpot.graph.operation_kinds import MAC_OPERATIONS, RECURRENT, TYPES_WITH_BODIES
from openpot.graph.snapshot import GraphSnapshot
from openpot.graph.weights import weight_channel_axes
from openpot.placement.attention import find_attention_products
from openpot.placement.block_patterns import ANY_SQUEEZE_EXCITE, GENERAL_PATTERNS
from openpot.placement.draft_to_plan import FinishedDraft, plan_quantizers
from openpot.placement.ignored_blocks import mark_blocks, mark_detection_tails
from openpot.placement.ignored_operations import IgnoredOperations, find_ignored_by_user
from openpot.placement.mac_suitability import explain_float
from openpot.placement.mac_table import build_mac_table
from openpot.placement.matrix_products import NO_FASTER, WEIGHTS_ONLY, ProductForm, choose_product_form
from openpot.placement.placement_decisions import DecisionContext, decide
from openpot.placement.placement_request import PlacementRequest
from openpot.placement.plan import OperationDecision, QuantizationPlan, QuantizerKind
from openpot.placement.quantizer_choice import ChoiceRules, choose_configs
from openpot.placement.quantizer_graph import DraftQuantizer, QuantizerGraph
from openpot.placement.quantizer_groups import find_groups
from openpot.placement.quantizer_insertion import insert_on_ports
from openpot.placement.quantizer_propagation import MovementRules, deduplicate, propagate
from openpot.placement.saturation_fix import choose_halved_weights, find_pair_axes
from openpot.placement.shared_tables import add_lookups
from openpot.placement.virtual_bias import BiasedGraph, add_virtual_biases
from openpot.scheme import PerTensor, QuantizationMode

RECURRENT_REASON = "an LSTM is quantized only where the compiled model was compared with the float one"
_KEPT_BLOCKS = tuple(pattern for pattern in GENERAL_PATTERNS if pattern.name == "batch_index") + ANY_SQUEEZE_EXCITE
_FLOAT_TYPES = {
    **dict.fromkeys(RECURRENT, "recurrent layers but LSTMSequence lose more accuracy in INT8 than other layers"),
    LSTM_SEQUENCE: RECURRENT_REASON,
    **dict.fromkeys(TYPES_WITH_BODIES, "bodies of loops and conditions are not calibrated"),
    "ScaledDotProductAttention": "the device fuses the whole attention and runs it fastest in float",
    "DeformableConvolution": "no device runs it in INT8",
}


def place_by_default(snapshot: GraphSnapshot, request: PlacementRequest) -> QuantizationPlan:
    """The plan of openpot's own placement for one graph."""
    ignored = find_ignored_by_user(snapshot, request.ignored, groups_are_convolutions=False)
    reasons = _explain_float_operations(snapshot, request, ignored)
    weights_only = _find_weights_only(snapshot, request, reasons)
    graph = _draft_quantizers(snapshot, reasons, weights_only, frozenset(ignored.reasons))
    table = build_mac_table(request.table, request.device)
    is_preserving = partial(preserves_precision, snapshot)
    groups = find_groups(graph, table, is_preserving, depthwise_prevents=False)
    chosen = choose_configs(graph, ChoiceRules(request, table, is_preserving), [group.quantizers for group in groups])
    configs = {key: _share_range_where_channels_move(graph, key, config) for key, config in chosen.configs.items()}
    fix = (request.saturation_fix or "all") if request.has_int8_saturation else "no"
    kept_small = choose_halved_weights(graph, fix, request.device, as_pot=False)
    kept_small -= {source for name in weights_only for source in graph.sources(name)}
    symmetric = (key for key in kept_small if configs[key].mode == QuantizationMode.SYMMETRIC)
    paired = find_pair_axes(graph, frozenset(symmetric))
    draft = FinishedDraft(
        graph, BiasedGraph(snapshot, {}), configs, groups, halved=kept_small - paired.keys(), pair_bounded=paired
    )
    return QuantizationPlan(
        target_device=request.target_device,
        placement="openpot",
        quantizers=add_lookups(plan_quantizers(draft, snapshot), snapshot, ignored.reasons),
        decisions=tuple(
            replace(decision, quantized=False, reason=f"stays in float: {WEIGHTS_ONLY}")
            if decision.operation in weights_only
            else decision
            for decision in _decide_operations(DecisionContext(graph, draft.biased, reasons, is_preserving), configs)
        ),
        warnings=ignored.warnings + chosen.warnings,
    )


def _explain_float_operations(
    snapshot: GraphSnapshot, request: PlacementRequest, ignored: IgnoredOperations
) -> dict[str, str]:
    """The operations that stay in float; name -> reason."""
    reasons = {name: text for name, text in ignored.reasons.items() if name in snapshot}
    in_blocks = mark_blocks(add_virtual_biases(snapshot).snapshot, _KEPT_BLOCKS)
    tails = mark_detection_tails(snapshot, through_products=True)
    products = find_attention_products(snapshot)
    for node in snapshot.nodes_of_type(*MAC_OPERATIONS):
        reason = (
            explain_float(snapshot, node, request.device)
            or in_blocks.get(node.name)
            or tails.get(node.name)
            or products.get(node.name)
        )
        if reason is None and choose_product_form(snapshot, node, request.has_slow_int8_products) == ProductForm.FLOAT:
            reason = NO_FASTER
        if reason is not None:
            reasons.setdefault(node.name, reason)
    for node in snapshot.nodes_of_type(*_FLOAT_TYPES):
        reasons.setdefault(node.name, _FLOAT_TYPES[node.type])
    return reasons


def _find_weights_only(snapshot: GraphSnapshot, request: PlacementRequest, reasons: dict[str, str]) -> frozenset[str]:
    """Operations that compute in float with weights stored as integers."""
    is_slow = request.has_slow_int8_products
    products = (node for node in snapshot.nodes_of_type("MatMul") if node.name not in reasons)
    return frozenset(
        node.name for node in products if choose_product_form(snapshot, node, is_slow) == ProductForm.WEIGHTS
    )


def _draft_quantizers(
    snapshot: GraphSnapshot, reasons: dict[str, str], weights_only: frozenset[str], ignored: frozenset[str]
) -> QuantizerGraph:
    graph = QuantizerGraph(snapshot)
    is_preserving = partial(preserves_precision, snapshot)
    for node in snapshot.nodes_of_type(*MAC_OPERATIONS):
        if node.name not in reasons and node.name not in snapshot.constants:
            insert_on_ports(graph, node.name, (1,) if node.name in weights_only else (0, 1))
    propagate(graph, MovementRules(moves=is_preserving, harmless=is_preserving, marked=ignored))
    deduplicate(graph, _SameChannels(graph))
    return graph


class _SameChannels:
    """Whether two quantizers on one tensor can be merged; not if weights are read along different axes."""

    def __init__(self, graph: QuantizerGraph) -> None:
        self.graph = graph

    def __call__(self, quantizer: DraftQuantizer, other: DraftQuantizer) -> bool:
        if quantizer.kind != QuantizerKind.WEIGHTS or other.kind != QuantizerKind.WEIGHTS:
            return quantizer.kind == other.kind
        return self._axes(quantizer) == self._axes(other)

    def _axes(self, quantizer: DraftQuantizer) -> tuple[int, ...]:
        reader = next(iter(self.graph.output_readers(quantizer.key)))
        record = self.graph.record(reader.node)
        shape = self.graph.snapshot.shape(record.inputs[reader.port]) or ()
        return weight_channel_axes(record, tuple(size or 1 for size in shape), reader.port)


def _share_range_where_channels_move(graph: QuantizerGraph, key: str, config: QuantizerConfig) -> QuantizerConfig:
    """The configuration with one range for the tensor, if its channels change on the way to the operations below."""
    if isinstance(config.granularity, PerTensor) or graph.quantizers[key].kind == QuantizerKind.WEIGHTS:
        return config
    pending = [key]
    while pending:
        for name in graph.consumers(pending.pop()):
            node = graph.record(name)
            if node.type in MAC_OPERATIONS:
                continue
            if not keeps_channels(node):
                return replace(config, granularity=PerTensor())
            pending.append(name)
    return config


def _decide_operations(context: DecisionContext, configs: dict[str, QuantizerConfig]) -> tuple[OperationDecision, ...]:
    snapshot = context.graph.snapshot
    nodes = [
        node for node in snapshot.nodes_of_type(*MAC_OPERATIONS, *_FLOAT_TYPES) if node.name not in snapshot.constants
    ]
    return tuple(decide(context, node, configs) for node in nodes)

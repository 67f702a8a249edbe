"""POT's placement: a quantizer on every input that the table of the device lists, moved up and shared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from openpot.graph.fillers import holds_fillers
from openpot.graph.operation_kinds import (
    FLOAT_TYPES,
    POT_AGNOSTIC,
    POT_TO_ALL_INPUTS,
    POT_TO_FIRST_INPUT,
    POT_TO_VARIABLE_INPUTS,
    TAKING_LARGEST,
)
from openpot.graph.snapshot import GraphSnapshot, NodeRecord
from openpot.graph.tensor_id import InputId
from openpot.placement.draft_to_plan import FinishedDraft, plan_quantizers
from openpot.placement.ignored_blocks import mark_operations
from openpot.placement.ignored_operations import find_ignored_by_user, find_ignored_in_transformers
from openpot.placement.mac_suitability import VECTOR_PRODUCT, multiplies_vector
from openpot.placement.placement_decisions import DecisionContext, decide_by_table
from openpot.placement.placement_request import PlacementRequest
from openpot.placement.plan import QuantizationPlan, QuantizerKind
from openpot.placement.quantizer_choice import ChoiceRules, choose_configs, find_served_operations
from openpot.placement.quantizer_graph import QuantizerGraph
from openpot.placement.quantizer_groups import find_groups
from openpot.placement.quantizer_insertion import insert_by_table
from openpot.placement.quantizer_propagation import MovementRules, deduplicate, propagate
from openpot.placement.removal_block import find_removal_block
from openpot.placement.residual_inputs import drop_one_of_two_at_adds
from openpot.placement.saturation_fix import choose_halved_weights
from openpot.placement.virtual_bias import add_virtual_biases
from openpot.scheme import QuantizationMode

_HARMLESS = POT_TO_FIRST_INPUT | POT_TO_ALL_INPUTS | POT_TO_VARIABLE_INPUTS


def place_as_pot(snapshot: GraphSnapshot, request: PlacementRequest) -> QuantizationPlan:
    """The plan of POT for one graph."""
    biased = add_virtual_biases(snapshot)
    ignored = find_ignored_by_user(biased.snapshot, request.ignored, groups_are_convolutions=True)
    vectors = [node.name for node in snapshot.nodes_of_type("MatMul") if multiplies_vector(snapshot, node)]
    reasons = {**dict.fromkeys(vectors, VECTOR_PRODUCT), **ignored.reasons}
    if request.is_transformer:
        reasons = {**find_ignored_in_transformers(biased.snapshot, request.device), **reasons}
    if request.skips_model:
        graph, marked = QuantizerGraph(biased.snapshot), {}
    else:
        marked = mark_operations(biased.snapshot, request.device)
        graph = _draft_quantizers(biased.snapshot, request, marked, reasons)
    is_agnostic = _agnostic_rule(biased.snapshot, request)
    groups = find_groups(graph, request.table, is_agnostic)
    chosen = choose_configs(graph, ChoiceRules(request, request.table, is_agnostic), [g.quantizers for g in groups])
    configs = dict(chosen.configs)
    if request.is_transformer:
        for key in _find_quantizers_of_products(graph, is_agnostic):
            configs[key] = replace(configs[key], mode=QuantizationMode.SYMMETRIC)
    halved = choose_halved_weights(graph, request.saturation_fix or "first_layer", request.device)
    draft = FinishedDraft(graph, biased, configs, groups, choose_output_names(graph), halved)
    context = DecisionContext(graph, biased, {**marked, **reasons}, is_agnostic)
    return QuantizationPlan(
        target_device=request.target_device,
        placement="pot",
        quantizers=plan_quantizers(draft, snapshot),
        decisions=decide_by_table(context, request.table, configs),
        warnings=ignored.warnings + chosen.warnings,
    )


def _draft_quantizers(
    snapshot: GraphSnapshot, request: PlacementRequest, marked: dict[str, str], ignored: dict[str, str]
) -> QuantizerGraph:
    """A draft with all quantizers in their final places."""
    graph = QuantizerGraph(snapshot)
    is_agnostic = _agnostic_rule(snapshot, request)
    insert_by_table(graph, request.table, lambda name: name in marked or name in ignored)
    propagate(graph, MovementRules(is_agnostic, lambda node: node.type in _HARMLESS, frozenset(marked)))
    deduplicate(graph)
    drop_on_integers(graph, is_agnostic, lambda node: not is_agnostic(node))
    if request.device.adds_take_one_float_input:
        drop_one_of_two_at_adds(graph)
    return graph


def drop_on_integers(
    graph: QuantizerGraph,
    is_agnostic: Callable[[NodeRecord], bool],
    is_quantizable: Callable[[NodeRecord], bool],
) -> None:
    """Remove quantizers of integers and truth values, with all that serve the same operations."""
    for quantizer in graph.sort_by_name():
        if quantizer.key not in graph.quantizers:
            continue
        tensor = graph.quantized_tensor(quantizer.key)
        if graph.snapshot.element_type(tensor) not in FLOAT_TYPES:
            for key in find_removal_block(graph, quantizer.key, is_agnostic, is_quantizable).quantizers:
                graph.remove(key)


def choose_output_names(graph: QuantizerGraph) -> dict[str, str]:
    """Quantizers that feed an output of the model; key -> name of the operation that they take over."""
    names: dict[str, str] = {}
    for quantizer in graph.sort_by_name():
        if "Result" not in {graph.type_of(name) for name in graph.consumers(quantizer.key)}:
            continue
        tensor = graph.source(InputId(quantizer.key, 0))
        readers = graph.consumers(tensor.node)
        several = len(readers) > 1 and all(name in graph.quantizers for name in readers)
        names[quantizer.key] = f"{tensor.node}.{tensor.port}" if several else tensor.node
    return names


def _agnostic_rule(snapshot: GraphSnapshot, request: PlacementRequest) -> Callable[[NodeRecord], bool]:
    def is_agnostic(node: NodeRecord) -> bool:
        if node.type in TAKING_LARGEST and holds_fillers(snapshot, node.inputs[0], by_padding=False):
            return False  # the range before it would be that of the fillers
        return node.type in POT_AGNOSTIC and request.table.is_agnostic(node.type)

    return is_agnostic


def _find_quantizers_of_products(graph: QuantizerGraph, is_agnostic: Callable[[NodeRecord], bool]) -> list[str]:
    """Activation quantizers that serve a MatMul without weights."""
    keys = []
    for key, quantizer in graph.quantizers.items():
        if quantizer.kind == QuantizerKind.WEIGHTS:
            continue
        products = [name for name in find_served_operations(graph, key, is_agnostic) if graph.type_of(name) == "MatMul"]
        if any(not _has_weights(graph, name) for name in products):
            keys.append(key)
    return keys


def _has_weights(graph: QuantizerGraph, name: str) -> bool:
    return any(source.node in graph.snapshot.constants for source in graph.record(name).inputs)

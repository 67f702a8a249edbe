"""Removes quantizers from a model, so that operations are reverted to float."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpot.config.hardware import load_hardware_table
from openpot.config.target_devices import find_target_device
from openpot.errors import UnknownNameError, suggest_nearest_name
from openpot.graph.edit import ModelEditor
from openpot.graph.lstm_layer import LSTM_SEQUENCE
from openpot.graph.moved_values import preserves_precision
from openpot.graph.operation_kinds import POT_AGNOSTIC
from openpot.graph.provenance import PRODUCER_SUFFIX
from openpot.graph.revisions import snapshot_graphs
from openpot.graph.snapshot import GraphSnapshot, NodeRecord
from openpot.placement.mac_table import build_mac_table
from openpot.placement.quantizer_graph import FAKE_QUANTIZE, QuantizerGraph
from openpot.placement.removal_block import RemovalBlock, find_removal_block
from openpot.placement.table_entry import find_table_entry

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.graph.types import Model


@dataclass(frozen=True)
class RemoveResult:
    """What was removed.

    Attributes:
        removed: Names of FakeQuantize operations.
        reverted: Names of operations that compute in float now.
        renamed: Pairs of the names that operations had and got back: those that a FakeQuantize had taken over.
    """

    removed: tuple[str, ...] = ()
    reverted: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the model is another one now."""
        return bool(self.removed)


def remove_quantizers(model: CompressedModel, names: Collection[str] | None = None) -> None:
    """Remove single quantizers from a CompressedModel, in place; names that they had taken over are given back.

    Args:
        model: With FakeQuantize operations.
        names: Those that go; what the model does not have is passed over. None for all of them.
    """
    for position, member in enumerate(model.members):
        present = [node.name for node in model.snapshot(position).nodes_of_type(FAKE_QUANTIZE)]
        chosen = present if names is None else [name for name in names if name in present]
        result = remove_fake_quantize(member.model, chosen, whole_blocks=False)
        model.provenance.record_renames(dict(result.renamed))


def copy_in_float(model: CompressedModel) -> CompressedModel:
    """A copy without quantizers."""
    twin = model.copy()
    remove_quantizers(twin)
    return twin


def remove_fake_quantize(
    model: Model,
    names: Iterable[str],
    *,
    target_device: str | None = None,
    placement: str = "openpot",
    whole_blocks: bool = True,
) -> RemoveResult:
    """Remove FakeQuantize operations from ``model``, in place.

    Args:
        model: A model with FakeQuantize operations, its sub-graph bodies included.
        names: Full names of the quantizers to begin with.
        target_device: The device that the quantizers were placed for.
        placement: How they were placed, ``openpot`` or ``pot``: decides what a block passes through.
        whole_blocks: Remove everything that serves the same operations; else only the named ones.

    Raises:
        UnknownNameError: There is no FakeQuantize of that name.
    """
    graphs = {owner: QuantizerGraph(snapshot) for owner, snapshot in snapshot_graphs(model).items()}
    removed: dict[str, None] = {}
    reverted: dict[str, None] = {}
    for name in names:
        graph = _find_graph(graphs.values(), name)
        if name in removed:
            continue
        block = _find_block(graph, name, target_device, placement) if whole_blocks else RemovalBlock((name,), ())
        removed.update(dict.fromkeys(block.quantizers))
        reverted.update(dict.fromkeys(block.operations))
    with ModelEditor(model) as editor:
        renamed = tuple(pair for name in removed for pair in _take_out(editor, name))
    names_now = dict(renamed)
    return RemoveResult(tuple(removed), tuple(names_now.get(name, name) for name in reverted), renamed)


def find_quantizer_blocks(
    snapshot: GraphSnapshot, names: Iterable[str], *, target_device: str | None = None, placement: str = "openpot"
) -> list[RemovalBlock]:
    """What ``remove_fake_quantize`` would take out of the model of a snapshot, each block once, as named."""
    graph = QuantizerGraph(snapshot)
    blocks: list[RemovalBlock] = []
    covered: set[str] = set()
    for name in names:
        if name not in covered:
            blocks.append(_find_block(graph, name, target_device, placement))
            covered.update(blocks[-1].quantizers)
    return blocks


def _find_graph(graphs: Iterable[QuantizerGraph], name: str) -> QuantizerGraph:
    known: list[str] = []
    for graph in graphs:
        if name in graph.snapshot and graph.type_of(name) == FAKE_QUANTIZE:
            return graph
        known += [node.name for node in graph.snapshot.nodes_of_type(FAKE_QUANTIZE)]
    raise UnknownNameError(f"the model has no FakeQuantize named {name!r}; {suggest_nearest_name(name, known)}")


def _find_block(graph: QuantizerGraph, name: str, target_device: str | None, placement: str) -> RemovalBlock:
    table = load_hardware_table(target_device)
    is_agnostic: Callable[[NodeRecord], bool]
    if placement == "pot":

        def is_agnostic(node: NodeRecord) -> bool:
            return node.type in POT_AGNOSTIC and table.is_agnostic(node.type)
    else:
        table = build_mac_table(table, find_target_device(target_device))

        def is_agnostic(node: NodeRecord) -> bool:
            return preserves_precision(graph.snapshot, node)

    return find_removal_block(
        graph,
        name,
        is_agnostic,
        lambda node: node.type == LSTM_SEQUENCE or find_table_entry(table, graph.snapshot, node) is not None,
    )


def _take_out(editor: ModelEditor, name: str) -> list[tuple[str, str]]:
    """Let the readers of a quantizer read what it read; returns the name that is given back, if any."""
    producer = editor.nodes.node(name).input_value(0).get_node().get_friendly_name()
    editor.bypass(name)
    owner, _, plain = name.rpartition("|")
    if producer not in (plain + PRODUCER_SUFFIX, plain.rpartition(".")[0] + PRODUCER_SUFFIX):
        return []
    prefix = f"{owner}|" if owner else ""
    old, new = prefix + producer, prefix + producer.removesuffix(PRODUCER_SUFFIX)
    editor.rename(old, new)
    return [(old, new)]

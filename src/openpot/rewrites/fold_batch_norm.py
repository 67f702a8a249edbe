"""Folds batch normalisation, and whatever else multiplies and adds constants per channel, into the weights before it.

A convolution or matrix product is linear: ``scale * (w x + b) + shift`` is the same operation with the weights
``scale * w`` and the bias ``scale * b + shift`` (Jacob et al. 2018, section 3.2). Quantization then sees the weights
that are really used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from openpot.errors import ModelError
from openpot.graph.build import add, constant_like
from openpot.graph.edit import ModelEditor
from openpot.graph.operation_kinds import FLOAT_TYPES, MAC_OPERATIONS, REORDERINGS
from openpot.graph.revisions import snapshot_graphs
from openpot.graph.snapshot import GraphSnapshot, NodeRecord
from openpot.graph.tensor_id import InputId, TensorId
from openpot.graph.weights import constant_array
from openpot.rewrites.channel_affine import ChannelAffine, OutputChannels, find_output_channels, read_affine

if TYPE_CHECKING:
    from openpot.graph.types import Model

_KEEPS_VALUES = REORDERINGS | {"Constant", "Convert"}


@dataclass(frozen=True)
class SkippedFold:
    """An operation that could not be folded into the one before it, with the reason."""

    operation: str
    reason: str


@dataclass(frozen=True)
class FoldResult:
    """Operations that were folded (each with the one whose weights it is in now), and those that could not be."""

    folded: Mapping[str, str] = field(default_factory=dict)
    skipped: tuple[SkippedFold, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the model is another one now."""
        return bool(self.folded)


@dataclass(frozen=True)
class _Chain:
    """An operation with weights and those after it that are affine per channel."""

    producer: NodeRecord
    channels: OutputChannels
    links: tuple[NodeRecord, ...]
    affine: ChannelAffine
    feeds_result: bool

    @property
    def worth_folding(self) -> bool:
        """A lone Add of a constant is a bias already."""
        return bool(self.links) and [link.type for link in self.links] != ["Add"]


def fold_batch_norm(model: Model) -> FoldResult:
    """Fold Multiply, Divide, Add, Subtract by constants and BatchNormInference into the operation with weights before.

    They are folded if they follow a convolution (grouped, transposed) or a MatMul with constant weights, if there is no
    branch between them, and if their constants are scalars or have one value per output channel. The bias Add that
    takes the place of such a chain gets the name of its last operation; outputs of the model keep their names in any
    case. Sub-graph bodies are treated like the model itself.

    Args:
        model: Changed in place.
    """
    folded: dict[str, str] = {}
    skipped: list[SkippedFold] = []
    with ModelEditor(model) as editor:
        for snapshot in snapshot_graphs(model).values():
            for producer in snapshot.nodes_of_type(*MAC_OPERATIONS):
                chain = _find_chain(editor, snapshot, producer)
                if chain is None or not chain.worth_folding:
                    continue
                reason = _fold(editor, snapshot, chain)
                if reason:
                    skipped.append(SkippedFold(chain.links[0].name, reason))
                else:
                    *inner, last = chain.links  # an Add at the end stays, as the bias
                    names = [link.name for link in (inner if last.type == "Add" else chain.links)]
                    folded |= dict.fromkeys(names, producer.name)
    return FoldResult(folded, tuple(skipped))


def _find_chain(editor: ModelEditor, snapshot: GraphSnapshot, producer: NodeRecord) -> _Chain | None:
    """The longest foldable chain that follows an operation; None if it has no constant weights."""
    if producer.inputs[1].node not in snapshot.constants or producer.output_type not in FLOAT_TYPES:
        return None
    source = producer.inputs[1]
    channels = find_output_channels(producer, snapshot.shape(source))
    if channels is None:
        return None
    links: list[NodeRecord] = []
    total = ChannelAffine.identity(channels.count)
    tensor = TensorId(producer.name)
    while True:
        readers = snapshot.consumers.get(tensor, ())
        link = snapshot[readers[0].node] if len(readers) == 1 else None
        affine = read_affine(link, readers[0].port, channels, snapshot, editor.nodes) if link else None
        if link is None or affine is None:
            feeds_result = any(snapshot[reader.node].type == "Result" for reader in readers)
            return _Chain(producer, channels, tuple(links), total, feeds_result)
        links.append(link)
        total = total.then(affine)
        tensor = TensorId(link.name)


def _fold(editor: ModelEditor, snapshot: GraphSnapshot, chain: _Chain) -> str | None:
    """Fold one chain; returns why it cannot be done, in which case nothing was changed."""
    reason = _find_obstacle(snapshot, chain)
    if reason:
        return reason
    producer, last = chain.producer, chain.links[-1]
    source, output = producer.inputs[1], editor.nodes.output(TensorId(producer.name))
    weights = constant_array(editor.nodes.output(source)).astype(np.float64)
    scale = chain.channels.spread_over_weights(chain.affine.scale)
    is_only_reader = len(snapshot.consumers[source]) == 1
    name = source.node if is_only_reader else f"{producer.name}/weights"
    try:
        new_weights = constant_like((weights * scale).astype(np.float32), name, output)
        shift = chain.channels.spread_over_output(chain.affine.shift).astype(np.float32)
        new_bias = constant_like(shift, f"{last.name}/bias", output)
    except ModelError as error:
        return str(error)
    editor.forget([source.node] if is_only_reader else [])
    editor.replace_input(InputId(producer.name, 1), new_weights.output(0))
    if chain.affine.shift.any() or chain.feeds_result:
        # With an Add of zeros an output of the model keeps its operation name beside that of the producer.
        editor.replace_node(last.name, add(output, new_bias.output(0), last.name))
        editor.forget(link.name for link in chain.links[:-1])
    else:
        editor.replace_readers(TensorId(last.name), TensorId(producer.name))
        editor.forget(link.name for link in chain.links)
    return None


def _find_obstacle(snapshot: GraphSnapshot, chain: _Chain) -> str | None:
    """Why a chain must stay as it is."""
    if not (np.isfinite(chain.affine.scale).all() and np.isfinite(chain.affine.shift).all()):
        return "a constant is not finite, or a divisor is zero"
    pending = [chain.producer.inputs[1].node]
    while pending:
        node = snapshot[pending.pop()]
        if node.type not in _KEEPS_VALUES:
            return f"the weights of {chain.producer.name!r} are computed by {node.name!r} ({node.type})"
        if node.type == "Constant" and node.output_type not in FLOAT_TYPES:
            return f"the weights of {chain.producer.name!r} are stored as {node.output_type}"
        pending += [node.inputs[0].node] if node.inputs else []
    return None

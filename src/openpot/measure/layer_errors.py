"""How far each layer of one model is from the layer of the same name in another, on the same samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from openpot.graph.edit import add_outputs as expose_outputs
from openpot.graph.node_index import NodeIndex
from openpot.graph.operation_kinds import MAC_OPERATIONS, SEQUENCES
from openpot.graph.revisions import snapshot_graphs
from openpot.inference.compile import compile_model
from openpot.inference.feeds import Feed
from openpot.measure.compare_outputs import add_outputs, infer_outputs
from openpot.measure.output_distance import DistanceAccumulator, OutputDistance
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.snapshot import GraphSnapshot
    from openpot.graph.types import CompiledModel, Model

COMPARED_TYPES = MAC_OPERATIONS | SEQUENCES


def measure_layer_errors(
    reference: Model, candidate: Model, feeds: Sequence[Mapping[int, Array]], device: str = "CPU"
) -> dict[str, OutputDistance]:
    """The distance of each layer that multiplies, after its bias: what all layers up to it have brought together.

    Args:
        reference: the model to compare with.
        candidate: the other one; layers that do not have a namesake there are left out.
        feeds: inputs of inferences by number of the input.
        device: where to run.

    Raises:
        ModelError: a model cannot be compiled.
        EngineError: an inference failed.
    """
    places = [find_layer_ends(snapshot_graphs(model)[""]) for model in (reference, candidate)]
    names = [name for name in places[0] if name in places[1]]
    if not names:
        return {}
    exposed = [
        _expose(model, [ends[name] for name in names])
        for model, ends in zip((reference, candidate), places, strict=True)
    ]
    compiled = [(compile_model(model, device), positions) for model, positions in exposed]
    accumulators = [DistanceAccumulator(name) for name in names]
    for number, feed in enumerate(feeds):  # one at a time: the tensors of all layers are held
        expected, given = (
            _infer_layers(model, positions, Feed(number, (number,), dict(feed))) for model, positions in compiled
        )
        add_outputs(accumulators, [expected], [given])
    return {name: accumulator.compute_distance() for name, accumulator in zip(names, accumulators, strict=True)}


def _infer_layers(compiled: CompiledModel, positions: Sequence[int], feed: Feed) -> list[Array]:
    (outputs,) = infer_outputs(compiled, [feed], 1)
    return [outputs[position] for position in positions]


def find_layer_ends(snapshot: GraphSnapshot) -> dict[str, str]:
    """Name of each layer that multiplies -> the operation that adds its bias, or else the layer itself."""
    ends = {}
    for record in snapshot.nodes_of_type(*COMPARED_TYPES):
        readers = snapshot.readers(record.name)
        end = record.name
        if len(readers) == 1 and snapshot[readers[0].node].type == "Add":
            addition = snapshot[readers[0].node]
            if any(source.node in snapshot.constants for source in addition.inputs):
                end = addition.name
        ends[record.name] = end
    return ends


def _expose(model: Model, operations: Sequence[str]) -> tuple[Model, list[int]]:
    """A copy of the model that gives what operations compute, and the numbers of its outputs that do."""
    twin = model.clone()
    nodes = NodeIndex(twin)
    expose_outputs(twin, [nodes.node(name).output(0) for name in operations])
    sources = [port.get_node().input_value(0) for port in twin.outputs]
    given = [(str(source.get_node().get_friendly_name()), source.get_index()) for source in sources]
    return twin, [given.index((nodes.node(name).get_friendly_name(), 0)) for name in operations]

"""The work of a model: what multiplies and accumulates in it, and how much, for inputs of given shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpot.graph.edit import reshape_inputs
from openpot.graph.multiplications import count_all_multiplications
from openpot.graph.revisions import snapshot_graphs
from openpot.graph.snapshot_model import shape_of
from openpot.placement.mac_suitability import find_stored_type
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.snapshot import GraphSnapshot
    from openpot.graph.types import Model


@dataclass(frozen=True)
class Work:
    """One operation that multiplies and accumulates.

    Attributes:
        type: of the operation.
        multiplications: about how many it makes in one inference.
        is_in_body: whether it belongs to the body of a loop or condition.
        has_packed_weights: whether weights of it are stored in at most 8 bits.
    """

    type: str
    multiplications: float
    is_in_body: bool = False
    has_packed_weights: bool = False


def measure_work(model: Model, inputs: Mapping[int, Array] | None = None) -> dict[str, Work]:
    """The operations that multiply and accumulate, by full name, bodies included.

    Args:
        model: stays as it is.
        inputs: arrays of an inference by number of the input, for sizes that the model leaves open.
    """
    numbers = count_all_multiplications(
        _set_shapes(model, {number: array.shape for number, array in (inputs or {}).items()})
    )
    graphs = snapshot_graphs(model)
    owner_of = {name: owner for owner, graph in graphs.items() for name in graph.nodes}
    return {
        name: Work(
            graphs[owner_of[name]][name].type,
            number,
            bool(owner_of[name]),
            _has_packed_weights(graphs[owner_of[name]], name),
        )
        for name, number in numbers.items()
        if name in owner_of
    }


def count_for_one_sample(model: Model) -> float:
    """About how many multiplications an inference makes; a batch axis that is open is 1, other open sizes are 32."""
    known = {number: shape_of(port) for number, port in enumerate(model.inputs)}
    shapes = {
        number: [1, *(-1 if size is None else size for size in shape[1:])]
        for number, shape in known.items()
        if shape and shape[0] is None
    }
    return sum(count_all_multiplications(_set_shapes(model, shapes)).values())


def _has_packed_weights(snapshot: GraphSnapshot, name: str) -> bool:
    sources = [source.node for source in snapshot[name].inputs if source.node in snapshot.constants]
    return any(find_stored_type(snapshot, source) is not None for source in sources)


def _set_shapes(model: Model, shapes: Mapping[int, Sequence[int]]) -> Model:
    """The model with these shapes of its inputs, as far as it takes them."""
    if not shapes or not any(port.get_partial_shape().is_dynamic for port in model.inputs):
        return model
    twin = model.clone()
    try:
        reshape_inputs(twin, shapes)
    except RuntimeError:
        return model
    return twin

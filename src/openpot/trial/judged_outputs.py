"""Where the outputs of a model are compared: before a Softmax or Sigmoid that ends it.

Behind a Softmax nearly all values are close to 0 or 1, and the distance of two models is that of the few samples whose
decision flips: a matter of luck on few samples. In front of it every sample tells how far the two are apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpot.graph.moved_values import find_origin
from openpot.graph.operation_kinds import FLOAT_TYPES, REORDERINGS
from openpot.graph.snapshot import GraphSnapshot
from openpot.graph.tensor_id import TensorId

if TYPE_CHECKING:
    from openpot.graph.types import Model

_SQUASHING = frozenset({"Softmax", "LogSoftmax", "Sigmoid"})
_LOOKED_THROUGH = REORDERINGS | {"Convert"}


def find_compared_tensors(snapshot: GraphSnapshot) -> tuple[TensorId, ...]:
    """The tensor that stands for each floating-point output of the model, in their order, each once."""
    found = dict.fromkeys(_judged(snapshot, node.inputs[0]) for node in snapshot.nodes_of_type("Result"))
    return tuple(tensor for tensor in found if snapshot.element_type(tensor) in FLOAT_TYPES)


def _judged(snapshot: GraphSnapshot, output: TensorId) -> TensorId:
    last = snapshot[find_origin(snapshot, output, _LOOKED_THROUGH).node]
    return last.inputs[0] if last.type in _SQUASHING else output


def find_output_tensors(model: Model) -> tuple[TensorId, ...]:
    """The tensor behind each output of a model, in the order of the model."""
    sources = [result.input_value(0) for result in model.get_results()]
    return tuple(TensorId(source.get_node().get_friendly_name(), source.get_index()) for source in sources)

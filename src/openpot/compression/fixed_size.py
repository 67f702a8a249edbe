"""What a model takes besides the weights that a size decides about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpot.graph.build import model_with_parameters, parameter
from openpot.graph.edit import ModelEditor
from openpot.graph.revisions import clone_model
from openpot.graph.stored_size import count_stored_bytes
from openpot.rewrites.compress_weights import compress_weights

if TYPE_CHECKING:
    from collections.abc import Collection

    from openpot.compression.weight_tensors import WeightTensor
    from openpot.graph.types import Model

EXTRA_BYTES = 24
"""Of a tensor: the shape that joins its groups."""


def count_fixed_bytes(model: Model, tensors: Collection[WeightTensor]) -> int:
    """Bytes of all other constants as they will be stored, and of the shapes that come with each tensor.

    Args:
        model: the float model; it is not changed.
        tensors: of the model itself, none of its bodies.
    """
    rest = clone_model(model)
    stand_ins = []
    editor = ModelEditor(rest)  # not as a context: the stand-ins are no inputs of the model yet
    for weights in tensors:
        old = editor.nodes.output(weights.tensor)
        name = f"{weights.tensor.node}/stand-in"
        stand_ins.append(parameter(weights.shape, old.get_element_type().to_string(), name))
        editor.replace_node(weights.tensor.node, stand_ins[-1])
    rest = model_with_parameters(rest, rest.get_results(), stand_ins)
    compress_weights(rest)
    return count_stored_bytes(rest) + EXTRA_BYTES * len(tensors)

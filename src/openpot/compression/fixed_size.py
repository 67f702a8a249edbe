"""What a model takes besides the weights that a size decides about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from openpot.graph.build import broadcast, constant
from openpot.graph.edit import ModelEditor
from openpot.graph.revisions import clone_model
from openpot.graph.stored_size import count_stored_bytes
from openpot.rewrites.compress_weights import compress_weights

if TYPE_CHECKING:
    from collections.abc import Collection

    from openpot.compression.weight_tensors import WeightTensor
    from openpot.graph.types import Model


def count_fixed_bytes(model: Model, tensors: Collection[WeightTensor]) -> int:
    """Bytes of all other constants as they will be stored, and of the shape of each tensor, which joins its groups.

    Args:
        model: the float model; it is not changed.
        tensors: of the model and its bodies.
    """
    rest = clone_model(model)
    with ModelEditor(rest) as editor:
        for weights in tensors:
            element_type = editor.nodes.output(weights.tensor).get_element_type().to_string()
            name = f"{weights.tensor.node}/stand-in"
            zero = constant(np.zeros(()), f"{name}/zero", element_type)
            editor.replace_node(weights.tensor.node, broadcast(zero.output(0), weights.shape, name))
    compress_weights(rest)
    return count_stored_bytes(rest)

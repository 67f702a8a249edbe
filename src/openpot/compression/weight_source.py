"""The numbers of a weight tensor, some rows at a time so that it is never held in float32, and how to replace them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from openpot.errors import ModelError
from openpot.graph.build import constant
from openpot.graph.edit import ModelEditor
from openpot.graph.weights import constant_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openpot.compression.weight_tensors import WeightTensor
    from openpot.graph.node_index import NodeIndex
    from openpot.graph.tensor_id import TensorId
    from openpot.graph.types import Model
    from openpot.typing_aliases import Array

_NUMPY_FLOATS = frozenset({"f32", "f16", "f64"})


class WeightSource:
    """Rows of weights: a row runs along the axis of the groups, at one index of every other axis.

    Args:
        nodes: of the model.
        weights: which weights.
    """

    def __init__(self, nodes: NodeIndex, weights: WeightTensor) -> None:
        self._name = weights.name
        self._axis = weights.axis
        self._shape = weights.shape
        self._values = _view(nodes, weights)

    @property
    def num_rows(self) -> int:
        """How many rows there are."""
        return int(np.prod(self._shape)) // self._shape[self._axis]

    def rows(self, start: int = 0, stop: int | None = None) -> Array:
        """Some rows, float32, shape ``(rows, row length)``.

        Raises:
            ModelError: a weight is not a finite number.
        """
        rows = self._as_rows()[start:stop].astype(np.float32)
        if not np.isfinite(rows).all():
            raise ModelError(
                f"the weights of {self._name!r} hold {int((~np.isfinite(rows)).sum())} value(s) that are not finite "
                "(NaN or infinity): mend the model, or leave the operation out with ignored_scope"
            )
        return rows

    def sample_rows(self, count: int) -> Array:
        """At most ``count`` rows at even distances, float32."""
        places = np.linspace(0, self.num_rows - 1, min(count, self.num_rows)).astype(int)
        return np.asarray(self._as_rows()[places], np.float32)

    def _as_rows(self) -> Array:
        length = self._shape[self._axis]
        if self._axis == len(self._shape) - 1:
            return self._values.reshape(-1, length)
        moved = np.moveaxis(self._values, self._axis, -1)
        # A matrix stays a view; more axes are copied.
        return moved if moved.ndim == 2 else moved.reshape(-1, length)


def put_rows_in_place(rows: Array, weights: WeightTensor) -> Array:
    """Rows of weights in the layout of their tensor."""
    others = [size for axis, size in enumerate(weights.shape) if axis != weights.axis]
    return np.ascontiguousarray(np.moveaxis(rows.reshape(*others, weights.row_length), -1, weights.axis))


def put_in_weights(model: Model, values: Mapping[TensorId, Array]) -> None:
    """Let a model compute with other weights, which take the type of those that they replace.

    Args:
        model: changed in place.
        values: in the layout of their tensors.
    """
    with ModelEditor(model) as editor:
        for tensor, weights in values.items():
            element_type = editor.nodes.output(tensor).get_element_type().to_string()
            editor.replace_node(tensor.node, constant(weights, tensor.node, element_type))


def _view(nodes: NodeIndex, weights: WeightTensor) -> Array:
    """The values without a copy where NumPy knows the type, as they are or behind one Convert."""
    node = nodes.output(weights.tensor).get_node()
    if node.get_type_name() == "Convert":
        node = node.input_value(0).get_node()
    if node.get_type_name() == "Constant" and node.get_element_type().to_string() in _NUMPY_FLOATS:
        return np.asarray(node.data)
    return constant_value(nodes, weights.tensor)

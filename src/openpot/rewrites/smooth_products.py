"""Divides the channels of data by factors and multiplies the weights of their products: the model computes the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from openpot.graph.build import constant_like, multiply
from openpot.graph.edit import ModelEditor
from openpot.graph.tensor_id import InputId
from openpot.graph.weights import constant_value
from openpot.placement.smoothing_groups import SmoothingGroup
from openpot.rewrites.replace_constant_inputs import replace_constant_inputs
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model


SMOOTHED = "/smoothed"
"""What follows the name of an operation in that of its smoothed output, before the number of the output."""


@dataclass(frozen=True, eq=False)
class SmoothedGroup:
    """A group of products, and the factors of the channels of their data, shape ``(channels,)``."""

    group: SmoothingGroup
    factors: Array


def smooth_products(model: Model, smoothed: Iterable[SmoothedGroup]) -> None:
    """Change a float model in place.

    The division is a Multiply before the products alone: devices compute it within the quantization of their data.

    Args:
        model: the model that the groups were found in.
        smoothed: groups with positive factors.
    """
    groups = tuple(smoothed)
    with ModelEditor(model) as editor:
        for entry in groups:
            data = entry.group.data
            source = editor.nodes.output(data)
            axes = len(source.get_partial_shape())
            inverse = (1 / entry.factors).astype(np.float32).reshape((1,) * (axes - 1) + (-1,))
            name = f"{data.node}{SMOOTHED}{data.port}"
            scale = constant_like(inverse, f"{name}/scale", source)
            readers = [InputId(product, 0) for product in entry.group.products]
            editor.insert_on_inputs(
                data,
                readers,
                lambda value, scale=scale, name=name: multiply(value, scale.output(0), name),  # type: ignore[misc]
            )
        values = {
            reader: _scale_weights(editor, reader, entry.factors, is_transposed)
            for entry in groups
            for reader, is_transposed in zip(entry.group.weights, entry.group.transposed, strict=True)
        }
    replace_constant_inputs(model, values, "smoothed_weights")


def _scale_weights(editor: ModelEditor, reader: InputId, factors: Array, is_transposed: bool) -> Array:
    weights = constant_value(editor.nodes, editor.nodes.input(reader).get_source_output())
    return np.asarray(weights * (factors if is_transposed else factors[:, None]), np.float32)

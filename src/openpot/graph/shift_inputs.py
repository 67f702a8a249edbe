"""A model whose layers can be shifted from outside: for trying biases without compiling anything again.

One further input, a float32 vector, holds a shift for each output channel of every chosen layer; one packed output
holds the mean of each of these channels. All other outputs are gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from openpot.errors import ModelError
from openpot.graph import build
from openpot.graph.edit import ModelEditor
from openpot.graph.tensor_id import TensorId
from openvino import opset13 as op

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node, Output

PREFIX = "openpot/shift"


@dataclass(frozen=True)
class ShiftPlace:
    """A tensor to shift: ``channels`` values along ``axis`` (negative axes count from the end)."""

    tensor: TensorId
    axis: int
    channels: int


@dataclass(frozen=True, eq=False)
class ShiftableModel:
    """A model with the vector of shifts as last input and the vector of means as only output.

    ``slices`` says for every place where its channels are in both vectors.
    """

    model: Model
    slices: tuple[slice, ...]


def with_shift_inputs(model: Model, places: Sequence[ShiftPlace]) -> ShiftableModel:
    """A clone of ``model`` with shifts and means at ``places``; the means are those of the shifted tensors.

    Raises:
        ModelError: there is no place, or a tensor does not have the channels.
    """
    if not places:
        raise ModelError("nothing to shift: expected at least one place")
    ends = list(accumulate(place.channels for place in places))
    slices = tuple(slice(end - place.channels, end) for end, place in zip(ends, places, strict=True))
    vector = build.parameter([ends[-1]], "f32", f"{PREFIX}/vector")
    clone = model.clone()
    clone = build.model_with_parameters(clone, clone.get_results(), [vector])
    with ModelEditor(clone) as editor:
        means = [_shifted(editor, place, vector, part) for place, part in zip(places, slices, strict=True)]
    packed = build.concat(means, 0, f"{PREFIX}/means")
    results = [build.result(packed.output(0), f"{PREFIX}/means/result")]
    return ShiftableModel(build.model_with_results(clone, results), slices)


def _shifted(editor: ModelEditor, place: ShiftPlace, vector: Node, part: slice) -> Output:
    """Shift one tensor for all its readers; returns the means of its channels as a vector."""
    name = f"{PREFIX}/{place.tensor}"
    shape = editor.nodes.output(place.tensor).get_partial_shape()
    rank = 0 if shape.rank.is_dynamic else shape.rank.get_length()
    if not -rank <= place.axis < rank or (shape[place.axis].is_static and len(shape[place.axis]) != place.channels):
        raise ModelError(f"{place.tensor} of shape {shape} has no {place.channels} channels along axis {place.axis}")
    axis = place.axis % rank
    ends = [
        build.constant(np.array([end], np.int64), f"{name}/{side}")
        for side, end in zip(("from", "to"), (part.start, part.stop), strict=True)
    ]
    own = op.slice(vector, *ends, build.constant(np.array([1], np.int64), f"{name}/step"), name=f"{name}/slice")
    along = build.reshape(own.output(0), [place.channels if i == axis else 1 for i in range(rank)], f"{name}/along")
    shifted = editor.insert_after(place.tensor, lambda data: build.add(data, along.output(0), f"{name}/add"))
    others = [other for other in range(rank) if other != axis]
    return build.reduce("mean", shifted.output(0), others, f"{name}/mean").output(0)

"""Layers whose channels are shifted by an input, or shifted so that their means become those of an input."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from openpot.graph import build
from openpot.graph.edit import ModelEditor
from openpot.trial.shift_inputs import ShiftPlace

if TYPE_CHECKING:
    from openpot.graph.types import Output


def adapt_layer(
    editor: ModelEditor, place: ShiftPlace, target: Output, adapt: Output, name: str
) -> tuple[Output, Output]:
    """Add ``target - adapt * mean`` to a layer for all its readers.

    Args:
        editor: of the model.
        place: the layer; ``mean`` is the mean of each of its channels over one inference.
        target: a float32 vector with a number for each channel.
        adapt: a float32 scalar.
        name: what the names of the new nodes begin with.

    Returns:
        The means as a float32 vector, before anything is added, and the shifted layer.
    """
    data = editor.nodes.output(place.tensor)
    rank = data.get_partial_shape().rank.get_length()
    along = [place.channels if axis == place.axis % rank else 1 for axis in range(rank)]
    mean = add_channel_mean(data, place, f"{name}/mean")
    removed = build.multiply(mean, adapt, f"{name}/removed")
    added = build.reshape(target, along, f"{name}/added")
    shift = build.subtract(added.output(0), removed.output(0), f"{name}/shift").output(0)
    shifted = editor.insert_after(
        place.tensor, lambda layer: build.add(layer, convert_like(shift, layer, f"{name}/typed"), f"{name}/shifted")
    )
    return build.reshape(mean, [-1], f"{name}/mean/flat").output(0), shifted.output(0)


def add_channel_mean(data: Output, place: ShiftPlace, name: str) -> Output:
    """Mean of each channel over all other axes, which stay as axes of length 1; float32."""
    rank = data.get_partial_shape().rank.get_length()
    others: Iterable[int] = (axis for axis in range(rank) if axis != place.axis % rank)
    mean = build.reduce("mean", data, list(others), name, keep_dims=True).output(0)
    return convert_to_float(mean, f"{name}/typed")


def convert_like(data: Output, like: Output, name: str) -> Output:
    """``data`` in the element type of ``like``: inputs of the trial are f32 whatever the model computes with."""
    return data if _read_type(data) == _read_type(like) else build.convert(data, _read_type(like), name).output(0)


def convert_to_float(data: Output, name: str) -> Output:
    """``data`` as f32."""
    return data if _read_type(data) == "f32" else build.convert(data, "f32", name).output(0)


def _read_type(data: Output) -> str:
    return str(data.get_element_type().to_string())

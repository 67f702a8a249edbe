"""Builds one model that holds a network twice, in float and quantized, and compares layers of both.

Both halves read the same inputs, so that one inference gives the signal and the noise of every layer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from openpot.errors import ModelError
from openpot.graph import build
from openpot.graph.edit import ModelEditor, set_node_name
from openpot.graph.node_index import NodeIndex
from openpot.graph.tensor_id import InputId, TensorId

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node, Output

QUANTIZED_PREFIX = "openpot/quantized/"
"""Begins the names of the nodes of the quantized half."""
NOISE_PREFIX = "openpot/noise/"


@dataclass(frozen=True)
class LayerPlaces:
    """The output of one layer in both networks.

    Attributes:
        layer: Name of the layer.
        reference: Its output in the float network.
        quantized: Its output in the quantized network.
        channel_axis: Axis of the channels.
    """

    layer: str
    reference: TensorId
    quantized: TensorId
    channel_axis: int = 1


@dataclass(frozen=True, eq=False)
class NoiseGraph:
    """The model of both networks, and for each layer the tensors to observe.

    Attributes:
        model: The model.
        noise: Difference between both networks, by layer.
        ratios: Squared signal over squared noise of every element, by layer.
    """

    model: Model
    noise: Mapping[str, TensorId]
    ratios: Mapping[str, TensorId]


def build_noise_graph(
    reference: Model,
    quantized: Model,
    places: Sequence[LayerPlaces],
    clean_inputs: Mapping[InputId, TensorId],
    eps: float,
    average_positions: bool = False,
) -> NoiseGraph:
    """Put both networks into one model.

    Args:
        reference: The float network; it is not changed.
        quantized: The quantized network, with the same inputs; it is not changed.
        places: The layers to compare.
        clean_inputs: Inputs of operations of the quantized network that read the reference instead.
        eps: Added to the squared noise before it divides.
        average_positions: Average squared signal and noise over positions before they are divided: the ratios then have
            the shape ``(batch, channels)``.

    Raises:
        ModelError: The networks keep states, or their inputs differ.
    """
    if reference.get_variables() or quantized.get_variables():
        raise ModelError("noise is not estimated in networks that keep states between inferences")
    left = reference.clone()
    originals, copies = NodeIndex(left), _copy_onto_inputs(left, quantized)
    for reader, source in clean_inputs.items():
        copies.replace_input(InputId(QUANTIZED_PREFIX + reader.node, reader.port), originals.output(source))
    results: list[Node] = []
    for place in places:
        signal = originals.output(place.reference)
        other = copies.nodes.output(TensorId(QUANTIZED_PREFIX + place.quantized.node, place.quantized.port))
        results += _compare_layer(place, signal, other, eps, average_positions)
    model = build.model_with_results(left, [*left.get_results(), *results])
    names = [place.layer for place in places]
    return NoiseGraph(
        model,
        {name: TensorId(f"{NOISE_PREFIX}{name}/difference") for name in names},
        {name: TensorId(f"{NOISE_PREFIX}{name}/ratio") for name in names},
    )


def _copy_onto_inputs(left: Model, quantized: Model) -> ModelEditor:
    """A copy of the quantized network, under names of its own, that reads the inputs of ``left``."""
    right = quantized.clone()
    if len(left.get_parameters()) != len(right.get_parameters()):
        raise ModelError("the quantized network has other inputs than its reference")
    for node in right.get_ops():
        set_node_name(node, QUANTIZED_PREFIX + node.get_friendly_name())
    # Without its context manager: the copy is no model of its own any more, so that it cannot be validated.
    copies = ModelEditor(right)
    for mine, other in zip(left.get_parameters(), right.get_parameters(), strict=True):
        for reader in copies.readers(TensorId(other.get_friendly_name())):
            copies.replace_input(reader, mine.output(0))
    return copies


def _compare_layer(
    place: LayerPlaces, signal: Output, other: Output, eps: float, average_positions: bool
) -> list[Node]:
    """Results for the difference and the ratio of squares."""
    name = f"{NOISE_PREFIX}{place.layer}"
    axis = place.channel_axis if average_positions else None
    noise = build.subtract(signal, other, f"{name}/difference")
    squares = [
        _square(output, f"{name}/{kind}", axis) for output, kind in ((signal, "signal"), (noise.output(0), "noise"))
    ]
    floor = build.constant(np.array(eps, np.float32), f"{name}/eps")
    divisor = build.add(squares[1].output(0), floor.output(0), f"{name}/divisor")
    ratio = build.divide(squares[0].output(0), divisor.output(0), f"{name}/ratio")
    return [
        build.result(noise.output(0), f"{name}/difference/result"),
        build.result(ratio.output(0), f"{name}/ratio/result"),
    ]


def _square(output: Output, name: str, channel_axis: int | None) -> Node:
    """The square, averaged over all axes but the batch and the channels if these are given."""
    square = build.multiply(output, output, f"{name}/square")
    if channel_axis is None:
        return square
    rank = len(output.get_partial_shape())
    positions = [axis for axis in range(1, rank) if axis != channel_axis % rank]
    if not positions:
        return square
    return build.reduce("mean", square.output(0), positions, f"{name}/mean")

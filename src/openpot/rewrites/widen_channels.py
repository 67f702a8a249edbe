"""Appends copies of channels to a tensor, by widening the operations that compute it.

Nothing is added to the graph: the filters, biases and other constants per channel of the operations above get the
copies, up to and including the convolutions in which the channels begin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from openpot.errors import ModelError
from openpot.graph.build import constant
from openpot.graph.edit import ModelEditor
from openpot.graph.operation_kinds import is_depthwise
from openpot.graph.snapshot import GraphSnapshot, NodeRecord
from openpot.graph.tensor_id import InputId, TensorId
from openpot.graph.weights import constant_array

if TYPE_CHECKING:
    from openpot.graph.types import Model

ELEMENTWISE_OF_ONE = frozenset(
    {
        "Relu", "Clamp", "Sigmoid", "Tanh", "Elu", "Selu", "Swish", "Gelu", "HSwish", "HSigmoid", "Mish", "SoftPlus",
        "SoftSign", "HardSigmoid", "Abs", "Exp", "Sqrt", "Negative", "AvgPool", "MaxPool", "Convert",
    }
)  # fmt: skip
"""Types that treat every channel alike."""
ELEMENTWISE_OF_TWO = frozenset({"Add", "Subtract", "Multiply", "Divide", "Maximum", "Minimum", "PRelu"})
CHANNELS = 1
"""Axis of the channels in a tensor."""


@dataclass(frozen=True)
class WidenResult:
    """The inputs whose constants were widened, in the order from the tensor to where its channels begin."""

    inputs: tuple[InputId, ...]


@dataclass(frozen=True)
class _Widening:
    """A constant to widen: the input that reads it, and its axis of channels."""

    reader: InputId
    axis: int


def find_obstacle_to_widening(snapshot: GraphSnapshot, tensor: TensorId) -> str:
    """Why the channels of a tensor cannot be made more, or an empty text."""
    widenings = _find_widenings(snapshot, tensor)
    return widenings if isinstance(widenings, str) else ""


def widen_channels(model: Model, snapshot: GraphSnapshot, tensor: TensorId, sources: Sequence[int]) -> WidenResult:
    """Append copies of the channels ``sources`` to a tensor, in place; whoever reads it must expect them.

    Args:
        model: The model.
        snapshot: Its graph as it is now.
        tensor: Its only reader is the operation that will take the copies.
        sources: Which channels are copied, in the order in which the copies are appended.

    Raises:
        ModelError: An operation above cannot be widened; nothing is changed then.
    """
    widenings = _find_widenings(snapshot, tensor)
    if isinstance(widenings, str):
        raise ModelError(f"the channels of {tensor} cannot be made more: {widenings}")
    editor = ModelEditor(model)
    for place in widenings:
        source = editor.nodes.input(place.reader).get_source_output()
        values = constant_array(source)
        wider = np.concatenate([values, np.take(values, list(sources), axis=place.axis)], axis=place.axis)
        name = f"{place.reader.node}/widened{place.reader.port}"
        if name in editor.nodes:  # from an earlier call; it has no other reader
            editor.replace_constant(name, wider)
        else:
            node = constant(wider, name, source.get_element_type().to_string())
            editor.replace_input(place.reader, node.output(0))
    return WidenResult(tuple(place.reader for place in widenings))


def _find_widenings(snapshot: GraphSnapshot, tensor: TensorId) -> list[_Widening] | str:
    """All constants to widen, or what prevents it."""
    widenings: list[_Widening] = []
    pending = [tensor]
    while pending:
        current = pending.pop(0)
        node = snapshot[current.node]
        if len(snapshot.readers(node.name)) != 1:
            return f"{node.name!r} has several readers"
        step = _inspect_operation(snapshot, node)
        if isinstance(step, str):
            return step
        constants, above = step
        widenings += constants
        pending += above
    return widenings


def _inspect_operation(snapshot: GraphSnapshot, node: NodeRecord) -> tuple[list[_Widening], list[TensorId]] | str:
    """What one operation needs: its own constants to widen, and the tensors above that must get wider."""
    if node.type in ("Convolution", "ConvolutionBackpropData"):
        if node.inputs[1].node not in snapshot.constants or len(node.inputs) > 2:
            return f"the weights of {node.name!r} are not constant, or its output size is given"
        return [_Widening(InputId(node.name, 1), 0 if node.type == "Convolution" else 1)], []
    if node.type == "GroupConvolution":
        if not is_depthwise(snapshot, node) or node.inputs[1].node not in snapshot.constants:
            return f"{node.name!r} is a grouped convolution, whose groups cannot grow singly"
        return [_Widening(InputId(node.name, 1), 0)], [node.inputs[0]]
    if node.type in ELEMENTWISE_OF_ONE:
        return [], [node.inputs[0]]
    if node.type in ELEMENTWISE_OF_TWO:
        return _inspect_operands(snapshot, node)
    return f"{node.name!r} is a {node.type}, which cannot be widened"


def _inspect_operands(snapshot: GraphSnapshot, node: NodeRecord) -> tuple[list[_Widening], list[TensorId]] | str:
    constants: list[_Widening] = []
    above: list[TensorId] = []
    rank = len(node.output_shape or ())
    for port, source in enumerate(node.inputs):
        shape = snapshot.shape(source)
        if shape is None:
            return f"the shape of what {node.name!r} reads is not known"
        axis = CHANNELS if node.type == "PRelu" and len(shape) == 1 else CHANNELS - (rank - len(shape))
        if source.node not in snapshot.constants:
            if axis != CHANNELS:
                return f"{node.name!r} joins tensors of different ranks"
            above.append(source)
        elif node.type == "PRelu" and len(shape) == 1 and shape[0] != 1:
            constants.append(_Widening(InputId(node.name, port), 0))
        elif 0 <= axis < len(shape) and shape[axis] != 1:
            constants.append(_Widening(InputId(node.name, port), axis))
    return constants, above

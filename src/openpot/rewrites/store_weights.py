"""Puts codes of a few bits, and what unpacks them, in the place of weights.

The form is the one that the CPU plugin reads weights in without unpacking them beforehand: Constant, Convert, Subtract
of a zero point, Multiply by a scale, Reshape that joins the groups, Convert to the type of the data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from openpot.graph.build import constant, convert, make_packed_constant, multiply, reshape, subtract
from openpot.graph.edit import ModelEditor
from openpot.graph.tensor_id import TensorId
from openpot.weight_formats import WeightFormat

if TYPE_CHECKING:
    from openpot.graph.types import Node, Output
    from openpot.typing_aliases import Array

_EXPONENT_OFFSET = 127
"""Of scales that are powers of two: code 127 stands for 1."""


@dataclass(frozen=True, eq=False)
class CodedWeights:
    """Weights in few bits.

    Attributes:
        weight_format: what the codes stand for.
        shape: of the weights.
        axis: along which the groups lie.
        codes: uint8, shape ``(rows, groups, size)``; rows are all indices of the other axes in their order.
        scale: float32, shape ``(rows, groups, 1)``.
        zero_point: uint8 of that shape; None for formats without.
        half_scales: whether float16 holds the scales.
    """

    weight_format: WeightFormat
    shape: tuple[int, ...]
    axis: int
    codes: Array
    scale: Array
    zero_point: Array | None
    half_scales: bool

    @property
    def group_size(self) -> int:
        """Weights that share a scale."""
        return int(self.codes.shape[2])

    @property
    def is_grouped(self) -> bool:
        """Whether rows have several groups."""
        return int(self.codes.shape[1]) > 1

    @property
    def num_bytes(self) -> int:
        """What codes, scales and zero points take in the file."""
        scale_bits = 8 if self.weight_format.has_power_scales else 16 if self.half_scales else 32
        zero_point_bits = 0 if self.zero_point is None else self.weight_format.num_bits
        groups = self.scale.size
        return -(-self.codes.size * self.weight_format.num_bits // 8) + -(-groups * (scale_bits + zero_point_bits) // 8)

    def in_place(self, values: Array) -> Array:
        """Codes or scales in the layout of the constant: the axis of the groups is two axes if rows have several."""
        others = [size for axis, size in enumerate(self.shape) if axis != self.axis]
        inner = values.shape[1:] if self.is_grouped else values.shape[2:]
        spread = values.reshape(*others, *inner)
        places = [self.axis, self.axis + 1] if self.is_grouped else [self.axis]
        return np.ascontiguousarray(np.moveaxis(spread, range(-len(places), 0), places))


def store_weights(editor: ModelEditor, tensor: TensorId, coded: CodedWeights) -> None:
    """Let all readers of a constant tensor read the unpacked codes; what unpacks them last takes over its name.

    Args:
        editor: of the model.
        tensor: what is replaced; the only output of its node.
        coded: what stands for it.
    """
    name = tensor.node
    old = editor.nodes.output(tensor)
    wanted = old.get_element_type().to_string()
    editor.forget(_parts_of_former_codes(old.get_node(), name))
    inner = "f16" if coded.half_scales else "f32"
    stored = coded.weight_format
    node = _unpack(coded, coded.codes, stored.element_type, inner, f"{name}/{stored.name}")
    if coded.zero_point is not None:
        zero_point = _unpack(coded, coded.zero_point, stored.element_type, inner, f"{name}/zero_point")
        node = subtract(node.output(0), zero_point.output(0), f"{name}/shifted")
    is_converted = inner != wanted
    is_last = not coded.is_grouped and not is_converted
    node = multiply(node.output(0), _scale(coded, inner, name), name if is_last else f"{name}/scaled")
    if coded.is_grouped:
        node = reshape(node.output(0), coded.shape, f"{name}/joined" if is_converted else name)
    if is_converted:
        node = convert(node.output(0), wanted, name)
    editor.replace_node(name, node)


def _parts_of_former_codes(node: Node, name: str) -> list[str]:
    """What unpacked the weights until now under the names that are about to be used again."""
    parts, pending = [], [node]
    while pending:
        for value in pending.pop().input_values():
            source = value.get_node()
            if source.get_friendly_name().startswith(f"{name}/"):
                parts.append(source.get_friendly_name())
            pending.append(source)
    return parts


def _unpack(coded: CodedWeights, codes: Array, element_type: str, inner: str, name: str) -> Node:
    placed = coded.in_place(codes)
    packed = make_packed_constant(placed, placed.shape, element_type, coded.weight_format.num_bits, name)
    return convert(packed.output(0), inner, f"{name}/to_{inner}")


def _scale(coded: CodedWeights, inner: str, name: str) -> Output:
    placed = coded.in_place(coded.scale)
    if not coded.weight_format.has_power_scales:
        return constant(placed, f"{name}/scale", inner).output(0)
    exponents = (np.rint(np.log2(placed)) + _EXPONENT_OFFSET).astype(np.uint8)
    packed = make_packed_constant(exponents, placed.shape, "f8e8m0", 8, f"{name}/scale")
    return convert(packed.output(0), inner, f"{name}/scale/to_{inner}").output(0)

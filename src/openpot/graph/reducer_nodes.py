"""Reducers as nodes of a model.

Every tensor is reduced with its axes kept, and reduced tensors of one rank are joined before they become a vector: a
node costs compile time, and models have hundreds of tensors to observe.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from openpot.graph import build
from openpot.numerics.reducers import Reducer, ReducerKind
from openvino import opset13 as op

if TYPE_CHECKING:
    from openpot.graph.types import Node, Output

PREFIX = "openpot/observe"
"""Names of all nodes made here begin with it."""


class ReducerNodes:
    """Makes nodes that read the tensors of one model; equal parts are made once."""

    def __init__(self) -> None:
        self._made: dict[str, Output] = {}

    def convert_to_float(self, output: Output, tensor: str) -> Output:
        """``output``, whose name is ``tensor``, as float32."""
        if output.get_element_type().to_string() == "f32":
            return output
        return self._make_once(f"{tensor}/f32", lambda name: build.convert(output, "f32", name))

    def reduce(self, data: Output, reducer: Reducer, tensor: str) -> Output:
        """The reduced tensor: all sizes 1, but for that of the channels if they are kept apart.

        Args:
            data: float32 tensor; one of unknown rank becomes a vector first.
            reducer: any but a quantile.
            tensor: name of the tensor.
        """
        if data.get_partial_shape().rank.is_dynamic:
            data = self._flatten(data, tensor)
        rank = data.get_partial_shape().rank.get_length()
        batch = {0} if reducer.average_over_batch and rank > 0 else set()
        kept = batch | ({reducer.channel_axis % rank} if reducer.channel_axis is not None else set())
        axes = [axis for axis in range(rank) if axis not in kept]
        where = f"{tensor}/keep{''.join(f'_{axis}' for axis in sorted(kept))}"
        match reducer.kind:
            case ReducerKind.ABS_MAX:
                reduced = self._abs_max(data, axes, where)
            case ReducerKind.MEAN_SQUARE:
                square = self._make_once(f"{tensor}/square", lambda name: build.multiply(data, data, name))
                reduced = self._reduce("mean", square, axes, f"{where}/square")
            case kind:
                reduced = self._reduce(kind.value, data, axes, where)
        return self._reduce("mean", reduced, [0], f"{where}/{reducer.kind}/batch") if batch else reduced

    def join(self, reduced: Sequence[Output], axis: int) -> Output:
        """Reduced tensors of one rank as one vector; ``axis`` is the only one whose size is not 1."""
        rank = reduced[0].get_partial_shape().rank.get_length()
        name = f"{PREFIX}/rank_{rank}_axis_{axis}"
        if rank == 0:
            parts = [build.reshape(part, [1], f"{name}/{number}").output(0) for number, part in enumerate(reduced)]
            return build.concat(parts, 0, name).output(0)
        together = build.concat(reduced, axis, name).output(0)
        return together if rank == 1 else build.reshape(together, [-1], f"{name}/vector").output(0)

    def join_sizes(self, outputs: Mapping[str, Output], start: int) -> tuple[dict[str, slice], list[Output]]:
        """The sizes of several tensors as one vector.

        Args:
            outputs: tensors by name.
            start: where the vector will stand in the packed one.

        Returns:
            The slice of the packed vector for each tensor, and the vector (none without tensors). A tensor of unknown
            rank is given by its number of elements.
        """
        places: dict[str, slice] = {}
        parts = []
        for tensor, output in outputs.items():
            rank = output.get_partial_shape().rank
            data = self._flatten(output, tensor) if rank.is_dynamic else output
            length = 1 if rank.is_dynamic else rank.get_length()
            places[tensor] = slice(start, start + length)
            start += length
            parts.append(op.shape_of(data, name=f"{PREFIX}/{tensor}/shape").output(0))
        if not parts:
            return places, []
        together = build.concat(parts, 0, f"{PREFIX}/sizes").output(0)
        return places, [build.convert(together, "f32", f"{PREFIX}/sizes/f32").output(0)]

    def _flatten(self, data: Output, tensor: str) -> Output:
        return self._make_once(f"{tensor}/flat", lambda name: build.reshape(data, [-1], name))

    def _abs_max(self, data: Output, axes: Sequence[int], where: str) -> Output:
        """From the two extremes, which other reducers may share: no second tensor of full size is made."""
        low, high = (self._reduce(kind, data, axes, where) for kind in ("min", "max"))
        low_size = self._make_once(f"{where}/abs_min", lambda name: build.absolute(low, name))
        high_size = self._make_once(f"{where}/abs_high", lambda name: build.absolute(high, name))
        return self._make_once(f"{where}/abs_max", lambda name: op.maximum(low_size, high_size, name=name))

    def _reduce(self, kind: str, data: Output, axes: Sequence[int], where: str) -> Output:
        if not axes:
            return data
        return self._make_once(f"{where}/{kind}", lambda name: build.reduce(kind, data, axes, name, keep_dims=True))

    def _make_once(self, name: str, make: Callable[[str], Node]) -> Output:
        if name not in self._made:
            self._made[name] = make(f"{PREFIX}/{name}").output(0)
        return self._made[name]

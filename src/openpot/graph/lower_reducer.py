"""Observing tensors of a model: reducers become nodes of the model itself, so that only small results leave it.

The instrumented model has one packed output: a float32 vector in which every lowered reducer has its slice. Tensors for
callables that are no reducers (or reducers that have no nodes here, such as quantiles) are further outputs, as float32.
What no output needs is not computed: the original outputs are dropped unless they are asked for.

Where a tensor may have no element at run time (a detector that finds nothing), the runtime's reductions give numbers
that look real: a minimum of 3.4e38, a mean of 0. So the element count of such tensors is packed too, behind the slices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from openpot.errors import ModelError
from openpot.graph import build
from openpot.graph.full_names import SEPARATOR
from openpot.graph.node_index import NodeIndex
from openpot.graph.tensor_id import TensorId
from openpot.numerics.reducers import Reducer, ReducerKind
from openvino import opset13 as op

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node, Output

PREFIX = "openpot/observe"

Request = tuple[TensorId, Callable[..., Any]]
"""A tensor and what to do with it."""


@dataclass(frozen=True)
class PackedLayout:
    """Where the answers to requests are.

    Attributes:
        packed: request index and the slice of the packed vector that answers it.
        loose: indices of the requests whose callables get the tensor itself.
        length: length of the packed vector, element counts not included.
    """

    packed: tuple[tuple[int, slice], ...]
    loose: tuple[int, ...]
    length: int


@dataclass(frozen=True, eq=False)
class InstrumentedModel:
    """A model whose outputs are statistics.

    Attributes:
        model: the model to run; output 0 is the packed vector if there is one.
        packed: request index and slice of the packed vector, in the order of the requests.
        loose: request index and number of the output that is its tensor; several requests may share an output.
        counts: request index and position in the packed vector of the element count of its tensor, for the packed
            requests whose tensor may be empty.
        length: length of the packed vector without the counts behind it.
        results: numbers of the outputs that are the original outputs of the model, in their order.
    """

    model: Model
    packed: tuple[tuple[int, slice], ...]
    loose: tuple[tuple[int, int], ...]
    counts: tuple[tuple[int, int], ...]
    length: int
    results: tuple[int, ...]


def packed_layout(model: Model, requests: Sequence[Request]) -> PackedLayout:
    """Where the answers to ``requests`` will be, without building anything.

    Raises:
        UnknownNameError: the model has no such node.
        ModelError: a node has no such output, or lies inside the body of a Loop, TensorIterator or If.
    """
    nodes = NodeIndex(model)
    packed, loose, start = [], [], 0
    for number, (tensor, function) in enumerate(requests):
        length = _packed_length(observed_output(nodes, tensor), function)
        if length is None:
            loose.append(number)
        else:
            packed.append((number, slice(start, start + length)))
            start += length
    return PackedLayout(tuple(packed), tuple(loose), start)


def observed_output(nodes: NodeIndex, tensor: TensorId) -> Output:
    """The output to observe for a tensor; a Result stands for what it reads.

    Raises:
        UnknownNameError: the model has no such node.
        ModelError: the node has no such output, or lies inside the body of a Loop, TensorIterator or If.
    """
    node = nodes.node(tensor.node)
    if nodes.owner_of(tensor.node):
        owner = tensor.node.split(SEPARATOR)[0]
        raise ModelError(
            f"{tensor} lies inside the body of {owner!r} and cannot be observed: only tensors of the main graph can; "
            f"observe the outputs of {owner!r} instead, or leave what is inside in float"
        )
    return node.input_value(0) if node.get_type_name() == "Result" else nodes.output(tensor)


def instrument(model: Model, requests: Sequence[Request], keep_results: bool = False) -> InstrumentedModel:
    """A clone of ``model`` that computes what ``requests`` ask for.

    Args:
        model: stays as it is; the clone shares its constants.
        requests: tensors, each with a reducer or another callable.
        keep_results: keep the original outputs, behind the new ones.

    Raises:
        UnknownNameError: the model has no such node.
        ModelError: a node has no such output, lies inside the body of a Loop, TensorIterator or If, or there is
            nothing to compute.
    """
    if not requests and not keep_results:
        raise ModelError("nothing to observe: expected at least one request")
    layout = packed_layout(model, requests)
    clone = model.clone()
    lowering = _Lowering(NodeIndex(clone), requests)
    parts = [lowering.statistic(number) for number, _ in layout.packed]
    counts, count_parts = lowering.counts([number for number, _ in layout.packed], layout.length)
    results = []
    if parts:
        packed_vector = build.concat([*parts, *count_parts], 0, f"{PREFIX}/packed")
        results.append(build.result(packed_vector.output(0), f"{PREFIX}/packed/result"))
    loose: list[tuple[int, int]] = []
    number_of_output: dict[str, int] = {}
    for request in layout.loose:
        tensor = lowering.real_tensor(request)
        name = f"{PREFIX}/tensor/{requests[request][0]}"
        if name not in number_of_output:
            number_of_output[name] = len(results)
            results.append(build.result(tensor, name))
        loose.append((request, number_of_output[name]))
    kept = clone.get_results() if keep_results else []
    first_kept = len(results)
    observed = build.model_with_results(clone, [*results, *kept])
    originals = tuple(range(first_kept, first_kept + len(kept)))
    return InstrumentedModel(observed, layout.packed, tuple(loose), counts, layout.length, originals)


class _Lowering:
    """Turns requests on the nodes of one model into new nodes; equal parts are made once."""

    def __init__(self, nodes: NodeIndex, requests: Sequence[Request]) -> None:
        self._nodes = nodes
        self._requests = requests
        self._made: dict[str, Output] = {}

    def statistic(self, number: int) -> Output:
        """The reduced tensor of a request as a float32 vector."""
        tensor, function = self._requests[number]
        assert isinstance(function, Reducer)  # noqa: S101  packed requests are reducers
        data = self.real_tensor(number)
        if data.get_partial_shape().rank.is_dynamic:
            data = self._once(f"{tensor}/flat", lambda name: build.reshape(data, [-1], name))
        rank = data.get_partial_shape().rank.get_length()
        reduced = self._reduced(data, function, rank, str(tensor))
        if function.channel_axis is not None:
            return reduced
        return self._once(
            f"{reduced.get_node().get_friendly_name()}/vector", lambda name: build.reshape(reduced, [1], name)
        )

    def counts(self, numbers: Sequence[int], start: int) -> tuple[tuple[tuple[int, int], ...], list[Output]]:
        """Where the element counts are, from position ``start`` on, and the nodes that count."""
        places: dict[TensorId, int] = {}
        found: list[tuple[int, int]] = []
        parts: list[Output] = []
        for number in numbers:
            tensor = self._requests[number][0]
            output = observed_output(self._nodes, tensor)
            if not _may_be_empty(output):
                continue
            if tensor not in places:
                places[tensor] = start + len(parts)
                parts.append(self._count(output, str(tensor)))
            found.append((number, places[tensor]))
        return tuple(found), parts

    def real_tensor(self, number: int) -> Output:
        """The tensor of a request as float32."""
        tensor = self._requests[number][0]
        output = observed_output(self._nodes, tensor)
        if output.get_element_type().to_string() == "f32":
            return output
        return self._once(f"{tensor}/f32", lambda name: build.convert(output, "f32", name))

    def _reduced(self, data: Output, reducer: Reducer, rank: int, tensor: str) -> Output:
        """``data`` reduced to a number or, for each channel, to a vector."""
        batch = {0} if reducer.average_over_batch and rank > 0 else set()
        kept = batch | ({reducer.channel_axis % rank} if reducer.channel_axis is not None else set())
        axes = [axis for axis in range(rank) if axis not in kept]
        where = f"{tensor}/keep{''.join(f'_{axis}' for axis in sorted(kept))}"
        match reducer.kind:
            case ReducerKind.ABS_MAX:
                reduced = self._abs_max(data, axes, where)
            case ReducerKind.MEAN_SQUARE:
                square = self._once(f"{tensor}/square", lambda name: build.multiply(data, data, name))
                reduced = self._reduce("mean", square, axes, f"{where}/square")
            case kind:
                reduced = self._reduce(kind.value, data, axes, where)
        return self._reduce("mean", reduced, [0], f"{where}/{reducer.kind}/batch") if batch else reduced

    def _abs_max(self, data: Output, axes: Sequence[int], where: str) -> Output:
        """From the two extremes, which other reducers may share: no second tensor of full size is made."""
        low, high = (self._reduce(kind, data, axes, where) for kind in ("min", "max"))
        low_size = self._once(f"{where}/abs_min", lambda name: build.absolute(low, name))
        high_size = self._once(f"{where}/abs_high", lambda name: build.absolute(high, name))
        return self._once(f"{where}/abs_max", lambda name: op.maximum(low_size, high_size, name=name))

    def _reduce(self, kind: str, data: Output, axes: Sequence[int], where: str) -> Output:
        return self._once(f"{where}/{kind}", lambda name: build.reduce(kind, data, axes, name))

    def _count(self, output: Output, tensor: str) -> Output:
        axes = build.constant(np.array([0], np.int64), f"{PREFIX}/{tensor}/count/axes")
        sizes = op.shape_of(output, name=f"{PREFIX}/{tensor}/shape")
        product = op.reduce_prod(sizes, axes, True, name=f"{PREFIX}/{tensor}/elements")
        return build.convert(product.output(0), "f32", f"{PREFIX}/{tensor}/count").output(0)

    def _once(self, name: str, make: Callable[[str], Node]) -> Output:
        if name not in self._made:
            self._made[name] = make(f"{PREFIX}/{name.removeprefix(PREFIX + '/')}").output(0)
        return self._made[name]


def _packed_length(output: Output, function: Callable[..., Any]) -> int | None:
    """Length of the statistic in the packed vector; None if the tensor itself has to come out."""
    if not isinstance(function, Reducer) or function.kind.is_quantile:
        return None
    if function.channel_axis is None:
        return 1
    shape = output.get_partial_shape()
    if shape.rank.is_dynamic or not -shape.rank.get_length() <= function.channel_axis < shape.rank.get_length():
        return None
    if function.average_over_batch and function.channel_axis % shape.rank.get_length() == 0:
        return None
    channels = shape[function.channel_axis]
    return None if channels.is_dynamic else int(channels.get_length())


def _may_be_empty(output: Output) -> bool:
    shape = output.get_partial_shape()
    return bool(shape.rank.is_dynamic) or any(size.get_min_length() == 0 for size in shape)

"""Observes tensors of a model: reducers become nodes of the model itself, so that only small results leave it.

The instrumented model has one packed output: a float32 vector in which every lowered reducer has its slice. Tensors for
callables that are no reducers (or reducers that have no nodes here, such as quantiles) are further outputs, as float32.
What no output needs is not computed: the original outputs are dropped unless they are asked for.

Where a tensor may have no element at run time (a detector that finds nothing), the runtime's reductions give numbers
that look real: a minimum of 3.4e38, a mean of 0. So the sizes of such tensors are packed too, after the slices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openpot.errors import ModelError
from openpot.graph import build
from openpot.graph.full_names import SEPARATOR
from openpot.graph.node_index import NodeIndex
from openpot.graph.reducer_nodes import PREFIX, ReducerNodes
from openpot.graph.snapshot_model import shape_of
from openpot.graph.tensor_id import TensorId
from openpot.numerics.reducers import Reducer
from openpot.numerics.user_functions import UserReducer

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node, Output

Request = tuple[TensorId, Callable[..., Any]]
"""A tensor and what to do with it."""

_Group = tuple[int, int]
"""Rank of reduced tensors, and the axis along which they are joined."""


@dataclass(frozen=True)
class PackedLayout:
    """Where the answers to requests are.

    Attributes:
        packed: request index and the slice of the packed vector that answers it, in the order of the requests.
        loose: indices of the requests whose callables get the tensor itself.
        length: length of the packed vector, sizes not included.
        groups: requests whose slices are neighbours, in the order of the packed vector.
    """

    packed: tuple[tuple[int, slice], ...]
    loose: tuple[int, ...]
    length: int
    groups: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, eq=False)
class InstrumentedModel:
    """A model whose outputs are statistics.

    Attributes:
        model: the model to run; output 0 is the packed vector if there is one.
        packed: request index and slice of the packed vector, in the order of the requests.
        loose: request index and number of the output that is its tensor; several requests may share an output.
        sizes: request index and the slice of the packed vector that holds the sizes of its tensor, for the packed
            requests whose tensor may be empty.
        length: length of the packed vector without the sizes after it.
        results: numbers of the outputs that are the original outputs of the model, in their order.
    """

    model: Model
    packed: tuple[tuple[int, slice], ...]
    loose: tuple[tuple[int, int], ...]
    sizes: tuple[tuple[int, slice], ...]
    length: int
    results: tuple[int, ...]


def plan_packed_layout(model: Model, requests: Sequence[Request]) -> PackedLayout:
    """Where the answers to ``requests`` will be, without building anything.

    Raises:
        UnknownNameError: the model has no such node.
        ModelError: a node has no such output, or lies inside the body of a Loop, TensorIterator or If.
    """
    nodes = NodeIndex(model)
    lengths: dict[int, int] = {}
    groups: dict[_Group, list[int]] = {}
    loose: list[int] = []
    for number, (tensor, function) in enumerate(requests):
        output = find_observed_output(nodes, tensor)
        length = _count_packed_values(output, function)
        if length is None or not isinstance(function, Reducer):
            loose.append(number)
            continue
        lengths[number] = length
        groups.setdefault(_group(output, function), []).append(number)
    slices: dict[int, slice] = {}
    start = 0
    for numbers in groups.values():
        for number in numbers:
            slices[number] = slice(start, start + lengths[number])
            start += lengths[number]
    ordered = tuple(sorted(slices.items(), key=lambda entry: entry[0]))
    return PackedLayout(ordered, tuple(loose), start, tuple(tuple(numbers) for numbers in groups.values()))


def find_observed_output(nodes: NodeIndex, tensor: TensorId) -> Output:
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
        keep_results: keep the original outputs, after the new ones.

    Raises:
        UnknownNameError: the model has no such node.
        ModelError: a node has no such output, lies inside the body of a Loop, TensorIterator or If, or there is
            nothing to compute.
    """
    if not requests and not keep_results:
        raise ModelError("nothing to observe: expected at least one request")
    layout = plan_packed_layout(model, requests)
    clone = model.clone()
    nodes = NodeIndex(clone)
    made = ReducerNodes()
    results, sizes = _build_packed_result(nodes, made, requests, layout)
    loose: list[tuple[int, int]] = []
    number_of_output: dict[str, int] = {}
    for request in layout.loose:
        tensor = requests[request][0]
        name = f"{PREFIX}/tensor/{tensor}"
        if name not in number_of_output:
            number_of_output[name] = len(results)
            results.append(build.result(made.convert_to_float(find_observed_output(nodes, tensor), str(tensor)), name))
        loose.append((request, number_of_output[name]))
    kept = clone.get_results() if keep_results else []
    first_kept = len(results)
    observed = build.model_with_results(clone, [*results, *kept])
    originals = tuple(range(first_kept, first_kept + len(kept)))
    return InstrumentedModel(observed, layout.packed, tuple(loose), sizes, layout.length, originals)


def _build_packed_result(
    nodes: NodeIndex, made: ReducerNodes, requests: Sequence[Request], layout: PackedLayout
) -> tuple[list[Node], tuple[tuple[int, slice], ...]]:
    """The output that is the packed vector (none without packed requests), and where in it sizes are."""
    parts = []
    for numbers in layout.groups:
        reduced, axis = [], 0
        for number in numbers:
            tensor, function = requests[number]
            assert isinstance(function, Reducer)  # noqa: S101  packed requests are reducers
            output = find_observed_output(nodes, tensor)
            reduced.append(made.reduce(made.convert_to_float(output, str(tensor)), function, str(tensor)))
            axis = _group(output, function)[1]
        parts.append(made.join(reduced, axis))
    empty_ones: dict[TensorId, Output] = {}
    for number, _ in layout.packed:
        tensor = requests[number][0]
        output = find_observed_output(nodes, tensor)
        if _may_be_empty(output):
            empty_ones.setdefault(tensor, output)
    places, size_part = made.join_sizes({str(tensor): output for tensor, output in empty_ones.items()}, layout.length)
    if not parts:
        return [], ()
    packed = build.concat([*parts, *size_part], 0, f"{PREFIX}/packed")
    known = [(number, str(requests[number][0])) for number, _ in layout.packed]
    sizes = tuple((number, places[tensor]) for number, tensor in known if tensor in places)
    return [build.result(packed.output(0), f"{PREFIX}/packed/result")], sizes


def _group(output: Output, reducer: Reducer) -> _Group:
    """Reduced tensors of one rank are joined before they become a vector: along the channels, which may differ."""
    shape = output.get_partial_shape()
    rank = 1 if shape.rank.is_dynamic else shape.rank.get_length()
    if reducer.channel_axis is None:
        return rank, min(1, max(rank - 1, 0))
    return rank, reducer.channel_axis % rank


def _count_packed_values(output: Output, function: Callable[..., Any]) -> int | None:
    """Length of the statistic in the packed vector; None if the tensor itself has to come out."""
    if not isinstance(function, Reducer) or isinstance(function, UserReducer) or function.kind.is_quantile:
        # TopK could take quantiles here, but preparing it costs a tenth of a second for each tensor.
        return None
    if function.channel_axis is None:
        return 1
    shape = shape_of(output)
    if shape is None or not -len(shape) <= function.channel_axis < len(shape):
        return None
    if function.average_over_batch and function.channel_axis % len(shape) == 0:
        return None
    return shape[function.channel_axis]


def _may_be_empty(output: Output) -> bool:
    shape = shape_of(output)
    if shape is not None and None not in shape:
        return 0 in shape
    sizes = output.get_partial_shape()
    return bool(sizes.rank.is_dynamic) or any(size.get_min_length() == 0 for size in sizes)

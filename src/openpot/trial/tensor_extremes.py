"""The extremes of a few tensors over a few samples, taken inside the graph: no tensor is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from openpot.graph import build
from openpot.graph.edit import ModelEditor
from openpot.graph.tensor_id import TensorId
from openpot.inference.compile import compile_model
from openpot.inference.feeds import Feed
from openpot.inference.infer_queue import choose_request_count, run_in_order
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node
    from openvino import InferRequest

_PREFIX = "openpot/extremes"


def observe_extremes(
    model: Model, tensors: Sequence[TensorId], feeds: Sequence[Mapping[int, Array]], device: str = "CPU"
) -> dict[TensorId, tuple[float, float]]:
    """The smallest and the largest value of each tensor; not finite where a sample gives such a value.

    Args:
        model: it is not changed.
        tensors: floating-point ones of known rank.
        feeds: inputs of each inference by number, at least one.
        device: where to run.

    Raises:
        UnknownNameError: a tensor does not exist.
        ModelError: the device cannot compile the graph.
        EngineError: an inference failed.
    """
    distinct = list(dict.fromkeys(tensors))
    columns = infer_reduced(model, distinct, _reduce, feeds, device)
    return {
        tensor: (float(columns[2 * number].min()), float(columns[2 * number + 1].max()))
        for number, tensor in enumerate(distinct)
    }


def infer_reduced(
    model: Model,
    tensors: Sequence[TensorId],
    reduce: Callable[[ModelEditor, TensorId, int], list[Node]],
    feeds: Sequence[Mapping[int, Array]],
    device: str,
) -> list[Array]:
    """What the results that ``reduce`` makes of each tensor hold, stacked over the inferences, tensor by tensor.

    Args:
        model: it is not changed.
        tensors: they exist.
        reduce: of the editor of a copy, a tensor and its number.
        feeds: inputs of each inference by number, at least one.
        device: where to run.
    """
    graph = model.clone()
    with ModelEditor(graph) as editor:
        ends = [end for number, tensor in enumerate(tensors) for end in reduce(editor, tensor, number)]
    compiled = compile_model(build.model_with_results(graph, ends), device)
    rows: list[list[Array]] = []

    def deliver(feed: Feed, request: InferRequest) -> None:
        rows.append([np.array(request.get_output_tensor(place).data) for place in range(len(ends))])

    numbered = (Feed(number, (number,), inputs) for number, inputs in enumerate(feeds))
    run_in_order(compiled, numbered, deliver, choose_request_count(compiled))
    return [np.stack(column) for column in zip(*rows, strict=True)]


def _reduce(editor: ModelEditor, tensor: TensorId, number: int) -> list[Node]:
    data = editor.nodes.output(tensor)
    axes = range(len(data.get_partial_shape()))
    return [
        build.result(
            build.reduce(kind, data, axes, f"{_PREFIX}/{number}/{kind}").output(0), f"{_PREFIX}/{number}/{kind}/result"
        )
        for kind in ("min", "max")
    ]

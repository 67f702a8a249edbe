"""Extremes and mean squares of the channels of tensors over a few samples, taken inside the graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from openpot.graph import build
from openpot.graph.edit import ModelEditor
from openpot.graph.tensor_id import TensorId
from openpot.numerics.smoothing import ChannelStatistics
from openpot.trial.tensor_extremes import infer_reduced
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node

_PREFIX = "openpot/channels"
_KINDS = ("min", "max", "mean")


def observe_channels(
    model: Model, tensors: Sequence[TensorId], feeds: Sequence[Mapping[int, Array]], device: str = "CPU"
) -> dict[TensorId, ChannelStatistics]:
    """What the indices along the last axis of each tensor hold, all samples counting alike.

    Args:
        model: it is not changed.
        tensors: floating-point ones of known rank, each once.
        feeds: inputs of each inference by number, at least one.
        device: where to run.

    Raises:
        UnknownNameError: a tensor does not exist.
        ModelError: the device cannot compile the graph.
        EngineError: an inference failed.
    """
    columns = infer_reduced(model, tensors, _reduce, feeds, device)
    return {
        tensor: ChannelStatistics(
            columns[3 * number].min(axis=0), columns[3 * number + 1].max(axis=0), columns[3 * number + 2].mean(axis=0)
        )
        for number, tensor in enumerate(tensors)
    }


def _reduce(editor: ModelEditor, tensor: TensorId, number: int) -> list[Node]:
    data = editor.nodes.output(tensor)
    axes = range(len(data.get_partial_shape()) - 1)
    squared = build.multiply(data, data, f"{_PREFIX}/{number}/squared").output(0)
    results = []
    for kind in _KINDS:
        name = f"{_PREFIX}/{number}/{kind}"
        reduced = build.reduce(kind, squared if kind == "mean" else data, axes, name)
        results.append(build.result(reduced.output(0), f"{name}/result"))
    return results

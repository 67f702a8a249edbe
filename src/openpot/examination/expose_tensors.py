"""Values of tensors inside a model, inference by inference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from openpot.graph import build
from openpot.graph.node_index import NodeIndex
from openpot.graph.tensor_id import TensorId
from openpot.inference.compile import compile_model
from openpot.inference.feeds import Feed, NextStep
from openpot.measure.compare_outputs import infer_outputs

if TYPE_CHECKING:
    from openpot.graph.types import Model
    from openpot.typing_aliases import Array


def infer_tensors(
    model: Model, tensors: Sequence[TensorId], inputs: Sequence[Mapping[int, Array]]
) -> Iterator[list[Array]]:
    """The values of ``tensors`` in each inference; no more are held at once than those of one sequence of steps.

    Args:
        model: it is not changed.
        tensors: outputs of its operations, outside of bodies.
        inputs: what the inferences take, by number of the input.
    """
    copy = model.clone()
    nodes = NodeIndex(copy)
    results = [build.result(nodes.output(tensor), f"openpot/exposed/{tensor}") for tensor in tensors]
    compiled = compile_model(build.model_with_results(copy, results), "CPU")
    for sequence in split_into_sequences(inputs):
        feeds = [Feed(number, (number,), arrays) for number, arrays in enumerate(sequence)]
        yield from infer_outputs(compiled, feeds, 1)


def split_into_sequences(inputs: Sequence[Mapping[int, Array]]) -> list[list[Mapping[int, Array]]]:
    """The inferences, those together that go on from the state which the one before them left."""
    sequences: list[list[Mapping[int, Array]]] = []
    for arrays in inputs:
        if isinstance(arrays, NextStep) and sequences:
            sequences[-1].append(arrays)
        else:
            sequences.append([arrays])
    return sequences

"""Values of tensors inside a model, inference by inference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from openpot.graph import build
from openpot.graph.node_index import NodeIndex
from openpot.graph.tensor_id import TensorId
from openpot.inference.compile import compile_model
from openpot.inference.feeds import Feed
from openpot.measure.compare_outputs import infer_outputs

if TYPE_CHECKING:
    from openpot.graph.types import Model
    from openpot.typing_aliases import Array


def infer_tensors(
    model: Model, tensors: Sequence[TensorId], inputs: Sequence[Mapping[int, Array]]
) -> Iterator[list[Array]]:
    """The values of ``tensors`` in each inference, one inference at a time so that few are held at once.

    Args:
        model: it is not changed.
        tensors: outputs of its operations, outside of bodies.
        inputs: what the inferences take, by number of the input.
    """
    copy = model.clone()
    nodes = NodeIndex(copy)
    results = [build.result(nodes.output(tensor), f"openpot/exposed/{tensor}") for tensor in tensors]
    compiled = compile_model(build.model_with_results(copy, results), "CPU")
    for number, arrays in enumerate(inputs):
        yield infer_outputs(compiled, [Feed(number, (number,), dict(arrays))], 1)[0]

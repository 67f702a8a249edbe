"""The outputs of a float model on a few samples, and how far changed models are from them as they really run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from openpot.graph.revisions import snapshot_graphs
from openpot.inference.compile import compile_model
from openpot.inference.feeds import Feed
from openpot.inference.infer_queue import choose_request_count
from openpot.measure.compare_outputs import add_outputs, infer_outputs, make_accumulators
from openpot.measure.executed_graph import ExecutedGraph, read_executed_graph
from openpot.measure.output_distance import find_worst_error
from openpot.trial.compared_outputs import find_compared_tensors
from openpot.trial.trial_graph import build_reference_graph
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import CompiledModel, Model


class FloatOutputs:
    """A float model on samples, inferred once; compared are the tensors that stand for its outputs.

    Args:
        reference: the float model.
        feeds: inputs of each inference by number.
        device: where to run.
    """

    def __init__(self, reference: Model, feeds: Sequence[Mapping[int, Array]], device: str = "CPU") -> None:
        self._device = device
        self._compared = find_compared_tensors(snapshot_graphs(reference)[""])
        self._graph = build_reference_graph(reference, {}, self._compared)
        self._feeds = [Feed(number, (number,), feed) for number, feed in enumerate(feeds)]

    @cached_property
    def _expected(self) -> list[list[Array]]:
        return self._infer(compile_model(self._graph, self._device))

    def measure_error(self, candidate: Model) -> tuple[float, ExecutedGraph]:
        """Error of the worst output, as a share of its variation between the samples, and what the device runs for it.

        Args:
            candidate: the changed model; it has the tensors that are compared.

        Raises:
            UnknownNameError: the candidate lacks a tensor.
            ModelError: a model cannot be compiled.
            EngineError: an inference failed.
        """
        graph = build_reference_graph(candidate, {}, self._compared)
        compiled = compile_model(graph, self._device)
        accumulators = make_accumulators(self._graph, graph)
        add_outputs(accumulators, self._expected, self._infer(compiled))
        error = find_worst_error([accumulator.compute_distance() for accumulator in accumulators])
        return error, read_executed_graph(graph, self._device, compiled=compiled)

    def _infer(self, compiled: CompiledModel) -> list[list[Array]]:
        return infer_outputs(compiled, self._feeds, choose_request_count(compiled))

"""The outputs of a float model on a few samples, and how far changed models are from them as they really run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from openpot.graph.revisions import snapshot_graphs
from openpot.inference.compile import compile_model
from openpot.inference.feeds import Feed
from openpot.inference.infer_queue import choose_request_count
from openpot.measure.compare_outputs import infer_outputs
from openpot.measure.executed_graph import ExecutedGraph, read_executed_graph
from openpot.trial.compared_outputs import find_compared_tensors
from openpot.trial.reference_run import ReferenceRun, run_reference
from openpot.trial.trial_graph import build_reference_graph
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model


class FloatOutputs:
    """A float model on samples, inferred once; compared are the tensors that stand for its outputs.

    Errors are those of a trial with the same samples: shares of the variation between all of them, measured on those
    that validate.

    Args:
        reference: the float model.
        feeds: inputs of each inference by number, of all samples.
        validation: numbers of the samples on which models are compared.
        device: where to run.
    """

    def __init__(
        self, reference: Model, feeds: Sequence[dict[int, Array]], validation: Sequence[int], device: str = "CPU"
    ) -> None:
        self._all_feeds, self._validation, self._device = feeds, validation, device
        self._compared = find_compared_tensors(snapshot_graphs(reference)[""])
        self._graph = build_reference_graph(reference, {}, self._compared)

    @cached_property
    def _expected(self) -> ReferenceRun:
        run = run_reference(self._graph, self._all_feeds, False, self._validation, self._device)
        return run.select(self._validation)

    def measure_error(self, candidate: Model) -> tuple[float, ExecutedGraph]:
        """Error of the worst output, as a share of its variation between all samples, and what the device runs for it.

        Args:
            candidate: the changed model; it has the tensors that are compared.

        Raises:
            UnknownNameError: the candidate lacks a tensor.
            ModelError: a model cannot be compiled.
            EngineError: an inference failed.
        """
        graph = build_reference_graph(candidate, {}, self._compared)
        compiled = compile_model(graph, self._device)
        expected = self._expected
        feeds = [Feed(number, (number,), feed) for number, feed in enumerate(expected.feeds)]
        given = infer_outputs(compiled, feeds, choose_request_count(compiled))
        return expected.measure_error(given), read_executed_graph(graph, self._device, compiled=compiled)

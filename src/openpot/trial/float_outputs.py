"""The outputs of a float model on a few samples, and how far changed models are from them as they really run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from openpot.data.validation_samples import choose_validation_positions
from openpot.graph.model_digest import model_digest
from openpot.graph.revisions import snapshot_graphs
from openpot.inference.compile import compile_model
from openpot.inference.feeds import Feed, group_steps
from openpot.inference.infer_queue import choose_request_count, generate_in_order
from openpot.measure.executed_graph import ExecutedGraph, read_executed_graph
from openpot.trial.compared_outputs import find_compared_tensors
from openpot.trial.reference_run import ReferenceRun, run_reference
from openpot.trial.shift_inputs import ShiftPlace
from openpot.trial.trial_graph import build_judged_graph, build_reference_graph
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import CompiledModel, Model
    from openvino import InferRequest

CALIBRATION_DEVICE = "CPU"
"""Where float models and simulated ones run."""


@dataclass(frozen=True, eq=False)
class DeviceRun:
    """What a device made of a model.

    Attributes:
        error: of the worst output, as a share of its variation between all samples.
        executed: what the device runs for each operation.
    """

    error: float
    executed: ExecutedGraph


class FloatOutputs:
    """A float model on samples, inferred once; compared are the tensors that stand for its outputs.

    Errors are shares of the variation between all samples, measured on those that validate.

    Args:
        model: the float model.
        feeds: inputs of each inference by number, of all samples.
        validation: numbers of the samples on which models are compared; by default two of five.

    Attributes:
        model: as above.
        feeds: as above.
        validation: as above.
        compared: the tensors.
    """

    def __init__(
        self, model: Model, feeds: Sequence[dict[int, Array]], validation: Sequence[int] | None = None
    ) -> None:
        self.model, self.feeds = model, feeds
        self.validation = choose_validation_positions(self.num_samples) if validation is None else validation
        self.compared = find_compared_tensors(snapshot_graphs(model)[""])
        self._run: ReferenceRun | None = None
        self._places: Mapping[str, ShiftPlace] = {}
        self._known: dict[tuple[str, ...], DeviceRun] = {}

    @property
    def num_samples(self) -> int:
        """How many samples there are; a sample can be several inferences."""
        return len(group_steps(self.feeds))

    def build_graph(self, places: Mapping[str, ShiftPlace]) -> Model:
        """The float model with the means of layers, if there are any, as first output, then the compared tensors."""
        return build_reference_graph(self.model, places, self.compared)

    def infer(self, places: Mapping[str, ShiftPlace] | None = None) -> ReferenceRun:
        """What the float model computes for all samples; outputs are kept of those that validate.

        Args:
            places: layers whose means are wanted as well. Without any the outputs that are known already will do.

        Raises:
            ModelError: the model cannot be compiled.
            EngineError: an inference failed.
        """
        if self._run is None or (places and places != self._places):
            self._places = places or {}
            graph = self.build_graph(self._places)
            self._run = run_reference(graph, self.feeds, bool(places), self.validation, CALIBRATION_DEVICE)
        return self._run

    def measure(self, candidate: Model, device: str = CALIBRATION_DEVICE) -> DeviceRun:
        """How a changed model runs on a device; a model that was measured before does not run again.

        Args:
            candidate: the changed model; it has the tensors that are compared.
            device: where it is run.

        Raises:
            UnknownNameError: the candidate lacks a tensor.
            ModelError: a model cannot be compiled.
            EngineError: an inference failed.
        """
        names = [node.get_friendly_name() for node in candidate.get_ordered_ops()]
        key = (device, model_digest(candidate), *names)
        if key not in self._known:
            self._known[key] = self._run_candidate(candidate, device)
        return self._known[key]

    def measure_with_inputs(self, feeds: Sequence[dict[int, Array]]) -> float:
        """Error of the float model itself where the validation samples have other inputs.

        Args:
            feeds: inputs of each inference of the validation samples, by number.

        Raises: what :meth:`infer` does.
        """
        return self._compare(compile_model(self.build_graph({}), CALIBRATION_DEVICE), feeds)

    def _run_candidate(self, candidate: Model, device: str) -> DeviceRun:
        graph = build_judged_graph(candidate, self.compared)
        compiled = compile_model(graph, device)
        error = self._compare(compiled, self.infer().select(self.validation).feeds)
        return DeviceRun(error, read_executed_graph(graph, device, compiled=compiled))

    def _compare(self, compiled: CompiledModel, feeds: Sequence[dict[int, Array]]) -> float:
        """Error of the worst output of a model whose first outputs are the compared tensors; few are held at once."""

        def read(_: Feed, request: InferRequest) -> list[Array]:
            return [np.array(request.get_output_tensor(number).data) for number in range(len(self.compared))]

        numbered = (Feed(number, (number,), feed) for number, feed in enumerate(feeds))
        given = generate_in_order(compiled, numbered, read, choose_request_count(compiled))
        return self.infer().select(self.validation).measure_error(given)

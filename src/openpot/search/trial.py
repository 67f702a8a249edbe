"""A quantized model under trial: which of its quantizers act and how its layers are shifted, judged by the outputs.

Everything is measured on a few calibration samples, held apart by purpose: *fitting samples*, from which corrections
are computed, and *validation samples*, which decide whether they help.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpot.graph.node_index import NodeIndex
from openpot.graph.revisions import snapshot_graphs
from openpot.graph.snapshot import GraphSnapshot
from openpot.graph.tensor_id import TensorId
from openpot.graph.weights import constant_value
from openpot.inference.feeds import steps_of_samples
from openpot.layers.linear_layer import find_linear_layers
from openpot.measure.output_distance import DistanceAccumulator, OutputDistance, find_worst_error
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.numerics.shrunk_mean import shrunk_mean
from openpot.placement.plan import PlannedQuantizer, QuantizerKind
from openpot.rewrites.insert_fake_quantize import shape_limits
from openpot.search.error_budget import is_image_of, noisy
from openpot.statistics.validation_samples import choose_validation_positions
from openpot.trial.judged_outputs import find_compared_tensors
from openpot.trial.shift_inputs import ShiftPlace
from openpot.trial.switched_quantizer import TrialQuantizer
from openpot.trial.trial_graph import TrialWeights, build_reference_graph, build_trial_graph
from openpot.trial.trial_run import ReferenceRun, TrialRun, run_reference
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model

Choice = Mapping[str, int | None]
"""Name of a quantizer -> number of the candidate that acts, None for none."""


@dataclass(frozen=True, eq=False)
class TrialSubject:
    """What is put to the trial.

    Attributes:
        reference: the float model.
        quantized: the same model with FakeQuantize operations, for its quantized weights.
        quantizers: what was planned.
        candidates: name of a quantizer of activations -> limits to choose from.
    """

    reference: Model
    quantized: Model
    quantizers: Sequence[PlannedQuantizer]
    candidates: Mapping[str, Sequence[FakeQuantizeLimits]]

    @property
    def activations(self) -> list[TrialQuantizer]:
        """The quantizers of activations, their candidates in the shape that their tensors need."""
        nodes = NodeIndex(self.reference)
        return [
            TrialQuantizer(
                one.name,
                one.tensor,
                one.readers,
                tuple(shape_limits(nodes, one, limits) for limits in self.candidates[one.name]),
            )
            for one in self.quantizers
            if one.kind != QuantizerKind.WEIGHTS
        ]

    @property
    def weights(self) -> list[TrialWeights]:
        """The quantized weights."""
        nodes = NodeIndex(self.quantized)
        return [
            TrialWeights(one.name, one.readers, constant_value(nodes, TensorId(one.name)))
            for one in self.quantizers
            if one.kind == QuantizerKind.WEIGHTS
        ]


def shift_places(snapshot: GraphSnapshot, layers: Container[str]) -> dict[str, ShiftPlace]:
    """Where the outputs of these layers can be shifted; layers whose number of channels is not known are left out."""
    return {
        layer.name: ShiftPlace(TensorId(layer.name), layer.output_axis, layer.channels)
        for layer in find_linear_layers(snapshot)
        if layer.name in layers and layer.channels is not None
    }


class Trial:
    """The subject, compiled once, and its samples.

    Args:
        subject: the models.
        feeds: inputs of each inference by number, of at least three samples.
        device: where to run.
        switchable: names of quantizers, of weights too, that choices may leave out; by default all those of
            activations. Each costs some time in every inference.

    Attributes:
        inferences: how many were made so far, those of the float model included.

    Raises:
        ModelError: a graph cannot be built or compiled.
        EngineError: an inference failed.
    """

    def __init__(
        self,
        subject: TrialSubject,
        feeds: Sequence[dict[int, Array]],
        device: str,
        switchable: Collection[str] | None = None,
    ) -> None:
        snapshot = snapshot_graphs(subject.reference)[""]
        weights = [one for one in subject.quantizers if one.kind == QuantizerKind.WEIGHTS]
        with_weights = {reader.node for one in weights for reader in one.readers}
        self._subject, self._device = subject, device
        self._places = shift_places(snapshot, with_weights)
        self._judged = find_compared_tensors(snapshot)
        num_samples = len(steps_of_samples(feeds))
        judges = choose_validation_positions(num_samples)
        original = self._original = build_reference_graph(subject.reference, self._places, self._judged)
        with ThreadPoolExecutor(1) as other:  # compiling takes one processor, and there is more than one
            asked = other.submit(run_reference, original, feeds, bool(self._places), judges, device)
            self._compile(tuple(subject.candidates) if switchable is None else switchable)
            everything = asked.result()
        self._judging = everything.part(judges, with_outputs=True)
        self._fitting = everything.part(sorted(set(range(num_samples)) - set(judges)), with_outputs=False)
        self.inferences = len(feeds)

    def _compile(self, switchable: Collection[str]) -> None:
        subject = self._subject
        weights = subject.weights
        graph = build_trial_graph(
            subject.reference, subject.activations, weights, self._places, self._judged, switchable
        )
        self._run = TrialRun(graph, [str(tensor) for tensor in self._judged], self._device)
        self.weights = tuple(one.name for one in weights if one.name in switchable)
        self._shifted: dict[frozenset[tuple[str, int | None]], tuple[dict[str, Array], float]] = {}

    def recompile(self, switchable: Collection[str]) -> Trial:
        """The same trial with other quantizers that choices may leave out.

        The graph is compiled anew; the float model is not asked again, and ``inferences`` begins at 0.

        Raises:
            ModelError: the graph cannot be built or compiled.
        """
        twin = copy(self)
        twin._compile(switchable)
        twin.inferences = 0
        return twin

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the layers that can be shifted."""
        return tuple(self._places)

    @property
    def num_validation_samples(self) -> int:
        """Number of validation samples."""
        return self._judging.num_samples

    @property
    def validation_feeds(self) -> tuple[dict[int, Array], ...]:
        """Inputs of the samples that judge: nothing is fitted on them."""
        return self._judging.feeds

    def noise_error(self) -> float:
        """Error that small noise at the inputs brings to the worst output of the float model, on the same samples.

        Raises:
            ModelError: the device cannot compile the model.
            EngineError: an inference failed.
        """
        self.inferences += len(self.validation_feeds)
        feeds = noisy(self.validation_feeds)
        disturbed = run_reference(
            self._original, feeds, bool(self._places), range(self.num_validation_samples), self._device
        )
        accumulators = [
            DistanceAccumulator(str(tensor), known)
            for tensor, known in zip(self._judged, self._judging.variations, strict=True)
        ]
        for pair in zip(self._judging.outputs, disturbed.outputs, strict=True):
            for accumulator, reference, candidate in zip(accumulators, *pair, strict=True):
                accumulator.add(reference, candidate)
        return find_worst_error([accumulator.distance() for accumulator in accumulators])

    @property
    def gives_images(self) -> bool:
        """Whether an output is an image of an input."""
        samples = zip(self._judging.outputs, self.validation_feeds, strict=True)
        return any(is_image_of(output, list(feed.values())) for outputs, feed in samples for output in outputs)

    def distances(self, choice: Choice, shifts: Mapping[str, Array], judges: int | None = None) -> list[OutputDistance]:
        """How far the outputs are from the float model, on the validation samples, or on so many of them."""
        judging = self._judging if judges is None else self._judging.part(range(judges), with_outputs=True)
        self.inferences += len(judging.feeds)
        graph = self._run.graph
        return list(self._run.distances(graph.controls(self._complete(choice)), judging, graph.shifts(shifts)))

    def error(self, choice: Choice, shifts: Mapping[str, Array], judges: int | None = None) -> float:
        """Error of the worst output, as a share of its variation between samples; constant outputs do not count."""
        return find_worst_error(self.distances(choice, shifts, judges))

    def fitted_shifts(self, choice: Choice) -> dict[str, Array]:
        """Shift of each channel of the layers that need one, fitted in their order on the fitting samples."""
        if not self._places:
            return {}
        self.inferences += len(self._fitting.feeds)
        shifts = shrunk_mean(self._run.differences(self._complete(choice), self._fitting))
        return {name: shifts[place] for name, place in self._run.graph.targets.items() if shifts[place].any()}

    def shifted(self, choice: Choice) -> tuple[dict[str, Array], float]:
        """The shifts that fit a choice, if they help it, and the error that it has then; asked again it remembers."""
        key = frozenset(choice.items())
        if key not in self._shifted:
            shifts, error = self.fitted_shifts(choice), self.error(choice, {})
            with_shifts = self.error(choice, shifts) if shifts else error
            self._shifted[key] = (shifts, with_shifts) if with_shifts < error else ({}, error)
        return self._shifted[key]

    def _complete(self, choice: Choice) -> Choice:
        """The choice with all weights quantized that it does not name."""
        return {**dict.fromkeys(self.weights, 0), **choice}


__all__ = ["Choice", "ReferenceRun", "Trial", "TrialSubject", "find_worst_error"]

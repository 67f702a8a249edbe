"""A trial: one compiled graph that answers how close the outputs of many quantized models are to the float model.

A *choice* says which quantizers act and with which of their candidate ranges; *bias shifts* say what is added to the
outputs of layers. The few calibration samples are split by purpose: *fitting samples*, from which bias shifts are
computed, and *validation samples*, on which errors are measured.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from typing import TYPE_CHECKING

from openpot.current_run import current_run, recorded, recorded_each
from openpot.graph.model_digest import model_digest
from openpot.graph.revisions import snapshot_graphs
from openpot.journal import hash_parts
from openpot.measure.held_out_loss import find_logits
from openpot.measure.output_distance import OutputDistance, find_worst_error
from openpot.numerics.shrunk_mean import compute_shrunk_mean
from openpot.placement.plan import QuantizerKind
from openpot.search.error_budget import add_input_noise, choose_error_budget, choose_least_budget, is_image_of
from openpot.search.trial_subject import IN_FLOAT, QUANTIZED, Choice, TrialSubject, find_shift_places
from openpot.trial.float_outputs import CALIBRATION_DEVICE, FloatOutputs
from openpot.trial.trial_graph import build_trial_graph
from openpot.trial.trial_run import TrialRun
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model


class Trial:
    """The models of a trial in one compiled graph, and the samples that it runs on.

    Args:
        subject: the models.
        outputs: those of the float model, on at least three samples.
        switchable: names of quantizers, of weights too, that a choice may have ``IN_FLOAT``; by default all those of
            activations. Each costs some time in every inference.

    Attributes:
        inferences: how many were made so far, those of the float model included.
        weights: names of the quantizers of weights that are switchable.

    Raises:
        ModelError: a graph cannot be built or compiled.
        EngineError: an inference failed.
    """

    def __init__(
        self,
        subject: TrialSubject,
        outputs: FloatOutputs,
        switchable: Collection[str] | None = None,
    ) -> None:
        snapshot = snapshot_graphs(subject.reference)[""]
        weights = [quantizer for quantizer in subject.quantizers if quantizer.kind == QuantizerKind.WEIGHTS]
        layers = {reader.node for quantizer in weights for reader in quantizer.readers}
        self._subject, self._outputs = subject, outputs
        self._places = find_shift_places(snapshot, layers)
        with ThreadPoolExecutor(1) as executor:  # compiling takes one processor, and there is more than one
            future = executor.submit(outputs.infer, self._places)
            self._compile(tuple(subject.candidates) if switchable is None else switchable)
            reference = future.result()
        self._validation = reference.select(outputs.validation)
        self._fitting = reference.select(sorted({*range(outputs.num_samples)} - {*outputs.validation}))
        self.inferences = len(outputs.feeds)

    def _compile(self, switchable: Collection[str]) -> None:
        subject, compared = self._subject, self._outputs.compared
        weights = subject.weights
        graph = build_trial_graph(subject.reference, subject.activations, weights, self._places, compared, switchable)
        self._run = TrialRun(graph, [str(tensor) for tensor in compared], CALIBRATION_DEVICE)
        self.weights = tuple(quantizer.name for quantizer in weights if quantizer.name in switchable)
        self._graph_identity = model_digest(graph.model) if current_run().is_recorded else ""
        self._known_shifts: dict[frozenset[tuple[str, int | None]], tuple[dict[str, Array], float]] = {}

    def recompile(self, switchable: Collection[str]) -> None:
        """Let other quantizers be switchable: the graph is compiled anew, and the float model does not run again.

        Raises:
            ModelError: the graph cannot be built or compiled.
        """
        del self._run  # two compiled graphs would take twice the memory
        self._compile(switchable)

    @property
    def identity(self) -> list[str]:
        """All that an answer depends on beside the choice, for :func:`openpot.current_run.recorded`."""
        return [self._reference_identity, self._graph_identity]

    @cached_property
    def _reference_identity(self) -> str:
        outputs = self._outputs
        digest = model_digest(outputs.build_graph(self._places))
        return hash_parts(digest, CALIBRATION_DEVICE, [list(feed.items()) for feed in outputs.feeds])

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the layers whose outputs can be shifted."""
        return tuple(self._places)

    @property
    def num_validation_samples(self) -> int:
        """Number of validation samples."""
        return self._validation.num_samples

    @property
    def validation_feeds(self) -> tuple[dict[int, Array], ...]:
        """Inputs of the validation samples: nothing is fitted on them."""
        return self._validation.feeds

    def measure_noise_error(self) -> float:
        """Error that small noise at the inputs brings to the worst output of the float model, on the same samples.

        Raises:
            ModelError: the device cannot compile the model.
            EngineError: an inference failed.
        """
        self.inferences += len(self.validation_feeds)
        return float(recorded("trial: noise at the inputs", lambda: self.identity, self._measure_noise_error))

    def _measure_noise_error(self) -> float:
        return self._outputs.measure_with_inputs(add_input_noise(self.validation_feeds))

    def measure_model_error(self, model: Model) -> float:
        """Error of the worst output of a finished model, as the device runs it, on the validation samples.

        Raises: what :meth:`measure_noise_error` does, and UnknownNameError if the model lacks a compared tensor.
        """
        self.inferences += len(self.validation_feeds)
        key, measure = "output error of a finished model", lambda: self._outputs.measure(model).error
        return float(recorded(key, lambda: [self.identity, model_digest(model)], measure))

    @property
    def gives_images(self) -> bool:
        """Whether an output is an image of an input."""
        samples = zip(self._validation.outputs, self.validation_feeds, strict=True)
        return any(is_image_of(output, list(feed.values())) for outputs, feed in samples for output in outputs)

    @property
    def predicts_tokens(self) -> bool:
        """Whether an output says which token of a vocabulary comes next."""
        return find_logits(self._subject.reference) is not None

    def choose_budget(self, error: float) -> float:
        """The error that is allowed by default (:mod:`openpot.search.error_budget`); noise is measured if it may count.

        Args:
            error: that of the worst output now.

        Raises: what :meth:`measure_noise_error` does.
        """
        least = choose_least_budget(self.predicts_tokens)
        if error <= least or self.predicts_tokens:
            return least
        return choose_error_budget(self.measure_noise_error(), self.gives_images)

    def measure_distances(
        self, choice: Choice, shifts: Mapping[str, Array], num_samples: int | None = None
    ) -> list[OutputDistance]:
        """How far each output is from that of the float model.

        Args:
            choice: which quantizers act.
            shifts: name of a layer -> bias shift, shape ``(channels,)``.
            num_samples: measure on so many of the validation samples; None for all.
        """
        (distances,) = self._measure_each([(choice, shifts)], num_samples)
        return distances

    def measure_error(self, choice: Choice, shifts: Mapping[str, Array], num_samples: int | None = None) -> float:
        """Error of the worst output, as a share of its variation between samples.

        Outputs that do not vary do not count. Arguments are those of :meth:`measure_distances`.
        """
        return find_worst_error(self.measure_distances(choice, shifts, num_samples))

    def measure_errors(
        self, models: Sequence[tuple[Choice, Mapping[str, Array]]], num_samples: int | None = None
    ) -> Iterator[float]:
        """What :meth:`measure_error` gives for many models, each by its choice and shifts, one after the other."""
        return map(find_worst_error, self._measure_each(models, num_samples))

    def _measure_each(
        self, models: Sequence[tuple[Choice, Mapping[str, Array]]], num_samples: int | None
    ) -> Iterator[list[OutputDistance]]:
        validation, graph = self._validation, self._run.graph
        if num_samples is not None:
            validation = validation.select(range(num_samples))
        vectors = [
            (graph.make_controls(self._complete(choice)), graph.pack_shifts(shifts)) for choice, shifts in models
        ]
        answers = recorded_each(
            "trial: output errors",
            [partial(list, [self.identity, *pair, num_samples]) for pair in vectors],
            lambda numbers: (
                [distance.to_plain() for distance in distances]
                for distances in self._run.measure_each([vectors[number] for number in numbers], validation)
            ),
        )
        for distances in answers:
            self.inferences += len(validation.feeds)
            yield [OutputDistance.from_plain(distance) for distance in distances]

    def fit_shifts(self, choice: Choice) -> dict[str, Array]:
        """Bias shifts of the layers that need one, fitted in their order on the fitting samples, by layer."""
        if not self._places:
            return {}
        self.inferences += len(self._fitting.feeds)
        complete = self._complete(choice)
        shifts: Array = recorded(
            "trial: bias shifts",
            lambda: [self.identity, sorted(complete.items())],
            lambda: compute_shrunk_mean(self._run.measure_differences(complete, self._fitting)),
        )
        return {name: shifts[place] for name, place in self._run.graph.targets.items() if shifts[place].any()}

    def try_shifts(self, choice: Choice) -> tuple[dict[str, Array], float]:
        """Bias shifts that fit a choice, or none if they do not help, and the resulting error; kept per choice."""
        if self.is_float(choice):
            return {}, 0.0
        key = frozenset(choice.items())
        if key not in self._known_shifts:
            shifts, error = self.fit_shifts(choice), self.measure_error(choice, {})
            shifted_error = self.measure_error(choice, shifts) if shifts else error
            self._known_shifts[key] = (shifts, shifted_error) if shifted_error < error else ({}, error)
        return self._known_shifts[key]

    def is_float(self, choice: Choice) -> bool:
        """Whether nothing is quantized, weights that are not switchable included: then there is no error to measure."""
        complete = self._complete(choice)
        is_weights = {quantizer.name: quantizer.kind == QuantizerKind.WEIGHTS for quantizer in self._subject.quantizers}
        return all(complete.get(name, QUANTIZED if kept else IN_FLOAT) is IN_FLOAT for name, kept in is_weights.items())

    def _complete(self, choice: Choice) -> Choice:
        """The choice, and all weights that it does not name quantized."""
        return {**dict.fromkeys(self.weights, QUANTIZED), **choice}

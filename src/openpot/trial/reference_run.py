"""What the float model computes for the few samples of a trial."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from openpot.graph.peaks import is_read_by_peaks
from openpot.graph.revisions import snapshot_graphs
from openpot.inference.compile import compile_model
from openpot.inference.feeds import Feed, group_steps
from openpot.inference.infer_queue import choose_request_count, run_in_order
from openpot.inference.shipped_samples import KnownSamples
from openpot.measure.compare_outputs import add_outputs
from openpot.measure.output_distance import DistanceAccumulator, find_worst_error
from openpot.measure.output_variation import OutputVariation, VariationAccumulator
from openpot.trial.compared_outputs import find_output_tensors
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model
    from openvino import InferRequest


@dataclass(frozen=True, eq=False)
class ReferenceRun:
    """What the float model computed for some samples.

    A sample is one inference, or several where samples are sequences of steps.

    Attributes:
        known: the inputs of all inferences that were made, and the compared tensors of those that are kept.
        inferences: the numbers of those that this is about.
        means: means of all layers, shape ``(inferences, channels)``; no columns without layers.
        variations: of what is compared, over all inferences that were made.
    """

    known: KnownSamples
    inferences: tuple[int, ...]
    means: Array
    variations: tuple[OutputVariation, ...]

    @property
    def feeds(self) -> tuple[dict[int, Array], ...]:
        """The inputs of each inference, by number."""
        return tuple(self.known.feeds[number] for number in self.inferences)

    @property
    def outputs(self) -> tuple[list[Array], ...]:
        """For each inference the compared tensors; empty lists where they were not kept."""
        return tuple(self.known.outputs[number] for number in self.inferences)

    @property
    def num_samples(self) -> int:
        """How many samples there are."""
        return len(group_steps(self.feeds))

    def find_inferences(self, samples: Iterable[int]) -> list[int]:
        """The positions of the inferences of some samples."""
        steps = group_steps(self.feeds)
        return [position for sample in samples for position in steps[sample]]

    def measure_error(self, given: Iterable[Sequence[Array]]) -> float:
        """Error of the worst output where another model computed ``given``, a share of the variation of all inferences.

        Args:
            given: for each inference the compared tensors, read one after the other.
        """
        accumulators = [DistanceAccumulator("", variation) for variation in self.variations]
        add_outputs(accumulators, self.outputs, given)
        return find_worst_error([accumulator.compute_distance() for accumulator in accumulators])

    def select(self, samples: Iterable[int]) -> ReferenceRun:
        """Some of the samples."""
        positions = self.find_inferences(samples)
        numbers = tuple(self.inferences[position] for position in positions)
        return replace(self, inferences=numbers, means=self.means[positions])


def run_reference(
    model: Model, feeds: Sequence[dict[int, Array]], has_means: bool, kept: Sequence[int], device: str = "CPU"
) -> ReferenceRun:
    """Infer ``feeds`` with a reference graph.

    Args:
        model: from :func:`openpot.trial.trial_graph.build_reference_graph`.
        feeds: inputs of each inference by number.
        has_means: whether its first output holds means.
        kept: numbers of the samples whose outputs are kept.
        device: where to run.

    Raises:
        ModelError: the device cannot compile the model.
        EngineError: an inference failed.
    """
    means: list[Array] = []
    outputs: list[list[Array]] = []
    snapshot = snapshot_graphs(model)[""]
    ends = find_output_tensors(model)[has_means:]
    variations = [VariationAccumulator(is_read_by_peaks(snapshot, tensor)) for tensor in ends]
    steps = group_steps(feeds)
    kept_inferences = frozenset(position for sample in kept for position in steps[sample])

    def deliver(feed: Feed, request: InferRequest) -> None:
        results = [request.get_output_tensor(number).data for number in range(len(model.outputs))]
        means.append(np.array(results[0]) if has_means else np.zeros(0, np.float32))
        outputs.append([np.array(output) for output in results[has_means:]] if feed.position in kept_inferences else [])
        for variation, output in zip(variations, results[has_means:], strict=True):
            variation.add(output)

    compiled = compile_model(model, device)
    numbered = (Feed(number, (number,), inputs) for number, inputs in enumerate(feeds))
    run_in_order(compiled, numbered, deliver, choose_request_count(compiled))
    known = KnownSamples(tuple(feeds), tuple(outputs))
    measured = tuple(variation.compute_variation() for variation in variations)
    return ReferenceRun(known, tuple(range(len(feeds))), np.stack(means), measured)

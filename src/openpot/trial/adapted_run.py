"""A model whose layers get, inference by inference, the mean outputs of another model on the same samples.

The graph is that of :mod:`openpot.trial.trial_graph` without switches: the quantizers of the model are in it as they
are. One pass over the samples shows how far each layer is off once all layers before it agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openpot.graph.snapshot_model import snapshot_from_model
from openpot.graph.tensor_id import TensorId
from openpot.inference.feeds import group_steps
from openpot.inference.feeds_in_memory import load_feeds
from openpot.trial.compared_outputs import find_compared_tensors
from openpot.trial.reference_run import ReferenceRun, run_reference
from openpot.trial.shift_inputs import ShiftPlace, require_channels
from openpot.trial.trial_graph import build_reference_graph, build_trial_graph
from openpot.trial.trial_run import TrialRun
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.engine.openvino_engine import IEEngine
    from openpot.graph.types import Model


@dataclass(frozen=True, eq=False)
class OriginalRun:
    """What the original computed, the tensors that are compared, and the device it ran on."""

    reference: ReferenceRun
    compared: tuple[TensorId, ...]
    device: str


def run_original(engine: IEEngine, original: Model, layers: Mapping[str, ShiftPlace], sampler: Any) -> OriginalRun:
    """Run the original on the samples.

    Args:
        engine: has the device, the settings and the data.
        original: the model whose means are observed; it is not changed.
        layers: what is observed, by name.
        sampler: the samples, of which the first ones are taken that fit into memory.

    Raises:
        DataError: a sample cannot be used.
        ModelError: a layer does not have the channels, or the device cannot compile the model.
        EngineError: an inference failed.
    """
    require_channels(original, layers.values())
    compared = find_compared_tensors(snapshot_from_model(original))
    settings = engine.inference_settings
    kept = load_feeds(original, engine.data_loader, sampler, settings)
    inputs = [feed.inputs for feed in kept]
    observed = build_reference_graph(original, layers, compared)
    return OriginalRun(
        run_reference(observed, inputs, True, range(len(group_steps(inputs))), settings.device),
        compared,
        settings.device,
    )


class AdaptedRun:
    """A compiled model on the samples of an original.

    Args:
        original: the run of the original.
        model: the model to adapt; it is not changed.
        layers: the layers of the model, under the names and in the order of those of the original.

    Attributes:
        slices: name of a layer -> where its channels are.
        can_compare: whether the model has the tensors that are compared.

    Raises:
        ModelError: a layer does not have the channels, or the device cannot compile the model.
    """

    def __init__(self, original: OriginalRun, model: Model, layers: Mapping[str, ShiftPlace]) -> None:
        require_channels(model, layers.values())
        present = snapshot_from_model(model)
        self.can_compare = bool(original.compared) and all(tensor.node in present for tensor in original.compared)
        compared = original.compared if self.can_compare else ()
        self.reference = original.reference
        graph = build_trial_graph(model, (), (), layers, compared)
        self._run = TrialRun(graph, [str(tensor) for tensor in compared], original.device)
        self.slices = graph.targets

    def measure_differences(self) -> Array:
        """How far the mean of each channel is too low at each inference, shape ``(inferences, all channels)``.

        Raises:
            EngineError: an inference failed.
        """
        return self._run.measure_differences({}, self.reference)

    def measure_error(self, shifts: Array, samples: Sequence[int]) -> float | None:
        """Error of the worst output, as a share of its variation, with layers shifted, on some of the samples.

        Args:
            shifts: shape ``(all channels,)``.
            samples: numbers of the samples.

        Returns:
            None if no output varies.

        Raises:
            EngineError: an inference failed.
        """
        part = self.reference.select(samples)
        distances = self._run.measure_distances(self._run.graph.make_controls({}), part, shifts)
        return max((distance.relative for distance in distances if distance.relative is not None), default=None)

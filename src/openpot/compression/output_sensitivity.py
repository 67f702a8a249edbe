"""What storing one tensor in few bits does to the outputs, measured for each tensor by itself in a single pass.

The model runs in segments. From the segment on that reads a tensor, a few samples also run with that tensor stored as a
probe; such a version goes through all later segments beside the others. So each segment is compiled once for all
versions and once for each tensor that it reads, memory holds one segment and the borders, and no version runs what lies
before its tensor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from openpot.compression.code_weights import code_weights
from openpot.compression.sequential_rounding import can_follow_outputs
from openpot.compression.weight_source import WeightSource, put_in_weights, put_rows_in_place
from openpot.graph.node_index import NodeIndex
from openpot.graph.revisions import clone_model, snapshot_graphs
from openpot.graph.segments import Segment, SegmentedModel, cut_model
from openpot.graph.tensor_id import TensorId
from openpot.inference.segment_pass import CompiledSegment
from openpot.measure.held_out_loss import HeldOutLoss, LossReference, find_logits
from openpot.numerics.input_moments import InputMoments
from openpot.numerics.one_thread import hold_blas_to_one_thread
from openpot.numerics.rounding_with_feedback import DAMPING, InputFactor, factor_moments, round_with_feedback
from openpot.numerics.weight_grid import WeightGrid, fit_grid, restore
from openpot.progress import Progress, SilentProgress
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.compression.choose_formats import WeightChoice
    from openpot.graph.types import Model

MEASURED_POSITIONS = 256
"""Samples are measured until a layer has read so many rows, at least ``MIN_SAMPLES`` and at most ``MAX_SAMPLES``."""
MIN_SAMPLES, MAX_SAMPLES = 2, 4


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """What a tensor does to the outputs.

    Attributes:
        loss: of the outputs while the tensor alone is stored as its probe: the divergence of tokens in nats, else the
            squared error as a share of the variation between samples. Such losses of several tensors nearly add up.
        strength: mean squares of what its layer reads, by input; None where that is not known.
    """

    loss: float
    strength: Array | None


@dataclass(eq=False)
class _Version:
    """The measured samples as they are with one tensor stored as its probe."""

    probe: WeightChoice
    levels: frozenset[int]
    samples: list[dict[TensorId, Array]] = field(default_factory=list)


def measure_sensitivities(
    model: Model,
    probes: Sequence[WeightChoice],
    feeds: Sequence[Mapping[int, Array]],
    progress: Progress | None = None,
) -> dict[TensorId, Sensitivity]:
    """Measure what each tensor does to the outputs; tensors of sub-graph bodies are left out.

    Args:
        model: the float model; it is not changed.
        probes: how each tensor is stored meanwhile.
        feeds: inputs by number, one inference each; of these a few are measured on, and all tell what layers read.
        progress: is told how the work goes on.

    Raises:
        ModelError: the model cannot be cut or compiled.
        EngineError: an inference failed.
    """
    return _SensitivityPass(model, probes, feeds).run(progress or SilentProgress())


class _SensitivityPass:
    def __init__(self, model: Model, probes: Sequence[WeightChoice], feeds: Sequence[Mapping[int, Array]]) -> None:
        snapshot = snapshot_graphs(model)[""]
        followed = [probe for probe in probes if can_follow_outputs(snapshot, probe)]
        self._data = {probe.weights.tensor: snapshot[probe.weights.name].inputs[0] for probe in followed}
        self._cut: SegmentedModel = cut_model(model, {probe.weights.name for probe in followed})
        self._nodes, self._model = NodeIndex(model), model
        self._logits = find_logits(model)
        self._originals = [
            {tensor: np.asarray(feed[number]) for number, tensor in enumerate(self._cut.inputs)} for feed in feeds
        ]
        levels = self._cut.levels
        self._versions = [
            _Version(probe, frozenset(levels[reader.node] for reader in probe.weights.readers))
            for probe in probes
            if all(reader.node in levels for reader in probe.weights.readers)
        ]
        self._num_measured = 0
        self._factors: dict[TensorId, tuple[InputFactor, Array]] = {}
        self._strengths: dict[TensorId, Array] = {}
        self._losses: dict[TensorId, float] = {}

    def run(self, progress: Progress) -> dict[TensorId, Sensitivity]:
        progress.start("measuring what layers do to the outputs", len(self._cut.segments))
        try:
            for number in range(len(self._cut.segments)):
                self._run_segment(number)
                progress.advance()
        finally:
            progress.finish()
        return {tensor: Sensitivity(loss, self._strengths.get(tensor)) for tensor, loss in self._losses.items()}

    def _run_segment(self, number: int) -> None:
        segment = self._cut.segments[number]
        is_last = number == len(self._cut.segments) - 1
        here = [version.probe for version in self._versions if segment.level in version.levels]
        with hold_blas_to_one_thread():
            values = {probe.weights.tensor: self._code(probe) for probe in here}
        compiled = CompiledSegment(segment)
        compiled.run(self._originals)
        self._num_measured = self._num_measured or self._count_measured()
        reference = self._reference() if is_last else None
        for version in self._versions:
            if not version.samples and segment.level < min(version.levels):
                continue
            if not version.samples:
                version.samples = [dict(sample) for sample in self._originals[: self._num_measured]]
            tensor = version.probe.weights.tensor
            runner = _compile_with(segment, tensor, values[tensor]) if tensor in values else compiled
            runner.run(version.samples)
            if reference is not None:
                self._losses[tensor] = _additive(reference.compare(self._outputs(version.samples)))
                version.samples = [{} for _ in version.samples]
        self._forget(number)

    def _code(self, probe: WeightChoice) -> Array:
        """The weights that the probe stands for, in the layout of their tensor."""
        weights = probe.weights
        source = WeightSource(self._nodes, weights)
        data = self._data.get(weights.tensor)
        if data is None:
            coded = code_weights(source, weights, probe.weight_format, probe.group_size).coded
            zero_point = None if coded.zero_point is None else coded.zero_point.astype(np.float32)
            rows = restore(coded.codes.astype(np.float32), WeightGrid(coded.scale, zero_point))
            return put_rows_in_place(rows.reshape(-1, weights.row_length), weights)
        factor, self._strengths[weights.tensor] = self._read_moments(data, weights.row_length)
        rows = source.rows()
        grid = fit_grid(rows.reshape(len(rows), -1, probe.group_size), probe.weight_format, searches=False)
        codes, _ = round_with_feedback(rows, grid, probe.weight_format, factor)
        return put_rows_in_place(restore(codes, grid).reshape(rows.shape), weights)

    def _read_moments(self, data: TensorId, inputs: int) -> tuple[InputFactor, Array]:
        """What layers read that share their data: the factor of its moments, and mean squares by input."""
        if data not in self._factors:
            moments = InputMoments(inputs)
            for sample in self._originals:
                moments.add(sample[data], sample[data])
            strength = np.diagonal(moments.products) / max(moments.count, 1)
            self._factors[data] = factor_moments(moments.damped(DAMPING)), strength
        return self._factors[data]

    def _count_measured(self) -> int:
        """How many samples are measured on, by the rows that the first layers read of each."""
        available = min(len(self._originals), MAX_SAMPLES)
        known = [data for data in self._data.values() if data in self._originals[0]]
        positions = 0
        for count in range(1, available + 1):
            tensors = [self._originals[count - 1][data] for data in known]
            positions += max((tensor.size // tensor.shape[-1] for tensor in tensors), default=0)
            if positions >= MEASURED_POSITIONS:
                return min(max(count, MIN_SAMPLES), available)
        return available

    def _reference(self) -> LossReference:
        return LossReference(self._model, self._outputs(self._originals[: self._num_measured]))

    def _outputs(self, samples: Sequence[Mapping[TensorId, Array]]) -> list[list[Array]]:
        shown = self._cut.outputs if self._logits is None else (self._cut.outputs[self._logits],)
        return [[sample[tensor] for tensor in shown] for sample in samples]

    def _forget(self, number: int) -> None:
        """Let go of what no later segment reads."""
        self._factors.clear()
        for samples in (self._originals, *(version.samples for version in self._versions)):
            for sample in samples:
                for tensor in [candidate for candidate in sample if self._cut.last_use(candidate) <= number]:
                    del sample[tensor]


def _compile_with(segment: Segment, tensor: TensorId, values: Array) -> CompiledSegment:
    """A segment in which one tensor has other values."""
    changed = clone_model(segment.model)
    put_in_weights(changed, {tensor: values})
    return CompiledSegment(segment, changed)


def _additive(loss: HeldOutLoss) -> float:
    if loss.divergence is not None:
        return loss.divergence.value
    return 0.0 if loss.output_error is None else loss.output_error.value**2

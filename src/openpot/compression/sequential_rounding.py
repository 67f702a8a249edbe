"""Codes for the weights of layers one after the other, each by what it reads once the layers before it are coded.

The model runs in segments (:mod:`openpot.graph.segments`), in two versions at once: as it is, and with the weights
that have been coded so far. Of both, one segment is compiled at a time; what later segments read of a sample is kept.
So each layer is run once in each version, and memory holds one segment, its moments, and the borders of segments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from openpot.compression.choose_formats import WeightChoice
from openpot.compression.code_rows import code_rows
from openpot.compression.code_weights import CodingResult, code_with, join_grids, pack_codes
from openpot.compression.weight_source import WeightSource, put_in_weights
from openpot.current_run import recorded
from openpot.graph.node_index import NodeIndex
from openpot.graph.revisions import snapshot_graphs
from openpot.graph.segments import SegmentedModel, cut_model
from openpot.graph.tensor_id import TensorId
from openpot.inference.segment_pass import run_segment
from openpot.journal import hash_parts
from openpot.numerics.input_moments import InputMoments
from openpot.numerics.one_thread import hold_blas_to_one_thread, run_side_by_side
from openpot.numerics.rounding_with_feedback import DAMPING, InputFactor, factor_moments
from openpot.numerics.weight_grid import WeightGrid, fits_half_scales, restore
from openpot.progress import Progress, SilentProgress
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.snapshot import GraphSnapshot
    from openpot.graph.types import Model

ROWS_AT_ONCE = 512
MIN_PARTS = 2
"""Rows are coded in at least so many parts, of at most ``ROWS_AT_ONCE``, whatever the number of processors."""


def can_follow_outputs(snapshot: GraphSnapshot, choice: WeightChoice) -> bool:
    """Whether weights are those of products of data and a matrix, and of nothing else."""
    weights = choice.weights
    if len(weights.shape) != 2:
        return False
    for reader in weights.readers:
        record = snapshot.nodes.get(reader.node)
        if record is None or record.type != "MatMul" or reader.port != 1 or record.attributes.get("transpose_a"):
            return False
    return len({snapshot[reader.node].inputs[0] for reader in weights.readers}) == 1


def round_sequentially(
    model: Model,
    choices: Sequence[WeightChoice],
    feeds: Sequence[Mapping[int, Array]],
    progress: Progress | None = None,
) -> dict[TensorId, CodingResult]:
    """Codes of the weights of layers, by their tensors.

    Args:
        model: the float model; it is not changed.
        choices: what is coded how, each of them with :func:`can_follow_outputs`.
        feeds: inputs by number, one inference each.
        progress: is told how the work goes on.

    Raises:
        ModelError: the model keeps a state, or a weight is not finite.
        EngineError: an inference failed.
    """
    progress = progress or SilentProgress()
    snapshot = snapshot_graphs(model)[""]
    cut = cut_model(model, {choice.weights.name for choice in choices})
    nodes = NodeIndex(model)
    original = [{tensor: np.asarray(feed[number]) for number, tensor in enumerate(cut.inputs)} for feed in feeds]
    coded = [dict(tensors) for tensors in original]
    identity = hash_parts(_describe_choices(choices), [list(feed.items()) for feed in feeds])
    results: dict[TensorId, CodingResult] = {}
    progress.start("rounding weights by what layers read", len(cut.segments))
    try:
        for number, segment in enumerate(cut.segments):
            here = [choice for choice in choices if cut.levels[choice.weights.name] == segment.level]
            restored: dict[TensorId, Array] = {}
            with hold_blas_to_one_thread():
                for data, group in _by_data(snapshot, here).items():
                    for tensor, result, values in _code_group(nodes, group, data, original, coded, identity):
                        results[tensor], restored[tensor] = result, values
            progress.advance()
            if len(results) == len(choices):
                break  # nobody reads what this segment makes, which may be as wide as a vocabulary
            _go_on(cut, number, restored, original, coded)
    finally:
        progress.finish()
    return results


def _by_data(snapshot: GraphSnapshot, choices: Sequence[WeightChoice]) -> dict[TensorId, list[WeightChoice]]:
    """The layers by what they read: those that read one tensor have the same moments."""
    groups: dict[TensorId, list[WeightChoice]] = {}
    for choice in choices:
        groups.setdefault(snapshot[choice.weights.name].inputs[0], []).append(choice)
    return groups


def _go_on(
    cut: SegmentedModel,
    number: int,
    restored: Mapping[TensorId, Array],
    original: list[dict[TensorId, Array]],
    coded: list[dict[TensorId, Array]],
) -> None:
    """Run a segment in both versions, and let go of what no later one reads."""
    segment = cut.segments[number]
    run_segment(segment, original)
    if restored:
        put_in_weights(segment.model, restored)
    run_segment(segment, coded)
    for tensors in (*original, *coded):
        for tensor in [candidate for candidate in tensors if cut.last_use(candidate) <= number]:
            del tensors[tensor]


def _code_group(
    nodes: NodeIndex,
    group: Sequence[WeightChoice],
    data: TensorId,
    original: Sequence[Mapping[TensorId, Array]],
    coded: Sequence[Mapping[TensorId, Array]],
    identity: str,
) -> Iterator[tuple[TensorId, CodingResult, Array]]:
    """The codes of layers that read the same, and the weights that they stand for in the shape of the constant."""
    read = ReadByGroup(group[0].weights.row_length, [*zip(original, coded, strict=True)], data)
    for same in _alike(group):
        rows = [WeightSource(nodes, choice.weights).rows() for choice in same]
        scale, zero_point, codes, half = read.code(np.concatenate(rows), same, identity)
        grid = WeightGrid(scale, zero_point)
        start = 0
        for choice, values in zip(same, rows, strict=True):
            part = slice(start, start + len(values))
            start += len(values)
            yield choice.weights.tensor, *_result(choice, values, grid.rows(part), codes[part], half)


@dataclass(frozen=True, eq=False)
class ReadByGroup:
    """What layers read that have their data in common.

    Attributes:
        row_length: inputs of the layers.
        samples: tensors of each sample, in the original model and in the one whose earlier layers are coded.
        data: the tensor that the layers read.
    """

    row_length: int
    samples: Sequence[tuple[Mapping[TensorId, Array], Mapping[TensorId, Array]]]
    data: TensorId

    @cached_property
    def _moments(self) -> InputMoments:
        moments = InputMoments(self.row_length)
        for before, now in self.samples:
            moments.add(before[self.data], now[self.data])
        return moments

    @cached_property
    def _damped(self) -> tuple[Array, InputFactor]:
        damped = self._moments.damped(DAMPING)
        return damped, factor_moments(damped)

    def code(
        self, rows: Array, choices: Sequence[WeightChoice], identity: str
    ) -> tuple[Array, Array | None, Array, bool]:
        """Scale, zero point and codes of the rows of layers alike, and whether float16 holds the scales."""
        answer: tuple[Array, Array | None, Array, bool] = recorded(
            "codes of layers",
            lambda: [identity, _describe_choices(choices)],
            lambda: self._compute_codes(rows, choices[0]),
        )
        return answer

    def _compute_codes(self, rows: Array, choice: WeightChoice) -> tuple[Array, Array | None, Array, bool]:
        targets = self._moments.corrected(rows, DAMPING)
        half = fits_half_scales(targets.reshape(len(targets), -1, choice.group_size), choice.weight_format)
        grid, codes = _code_in_parts(targets, choice, *self._damped, half)
        return grid.scale, grid.zero_point, codes, bool(half)


def _describe_choices(choices: Sequence[WeightChoice]) -> list[str]:
    return [f"{choice.weights.tensor} {choice.weight_format.name} {choice.group_size}" for choice in choices]


def _code_in_parts(
    targets: Array, choice: WeightChoice, damped: Array, factor: InputFactor, half: bool
) -> tuple[WeightGrid, Array]:
    """Rows do not depend on each other: equal parts of them are coded side by side."""
    num_parts = max(MIN_PARTS, -(-len(targets) // ROWS_AT_ONCE))
    parts = [part for part in np.array_split(targets, num_parts) if len(part)]
    coded = run_side_by_side([partial(code_rows, part, choice, damped, factor, half) for part in parts])
    return join_grids([grid for grid, _ in coded]), np.concatenate([codes for _, codes in coded])


def _alike(group: Sequence[WeightChoice]) -> list[list[WeightChoice]]:
    """Layers with one format and group size are coded together."""
    groups: dict[tuple[str, int], list[WeightChoice]] = {}
    for choice in group:
        groups.setdefault((choice.weight_format.name, choice.group_size), []).append(choice)
    return list(groups.values())


def _result(
    choice: WeightChoice, rows: Array, grid: WeightGrid, codes: Array, half: bool
) -> tuple[CodingResult, Array]:
    restored = restore(codes, grid).reshape(rows.shape)
    error, size = (float(np.square(values, dtype=np.float64).sum()) for values in (restored - rows, rows))
    stored = code_with(choice.weights, choice.weight_format, pack_codes(codes, choice.weight_format), grid, half)
    in_place = restored if choice.weights.axis == 1 else np.ascontiguousarray(restored.T)
    return CodingResult(stored, error / size if size else 0.0), in_place

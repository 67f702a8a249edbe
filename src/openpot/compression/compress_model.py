"""Stores the weights of a model as they were chosen, one tensor after the other."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpot.compression.code_weights import CodingResult, code_weights
from openpot.compression.weight_source import WeightSource
from openpot.compression.weight_tensors import FoundWeights, find_weights
from openpot.graph.edit import ModelEditor
from openpot.graph.merge_constants import merge_equal_constants
from openpot.graph.revisions import clone_model, snapshot_graphs
from openpot.placement.ignored_operations import find_ignored_by_user
from openpot.progress import Progress, SilentProgress
from openpot.rewrites.store_weights import store_weights

if TYPE_CHECKING:
    from openpot.compression.choose_formats import WeightChoice
    from openpot.config.ignored_scope import IgnoredScope
    from openpot.graph.tensor_id import TensorId
    from openpot.graph.types import Model

AHEAD = 4
"""Tensors that are coded before the one at hand is stored."""


@dataclass(frozen=True)
class StoredChoice:
    """How weights are stored, and what that made of them.

    Attributes:
        choice: what was chosen.
        num_bytes: of codes, scales and zero points.
        error: squared error of the weights as a share of their squares.
        by_data: whether the codes were chosen by what the layer reads.
    """

    choice: WeightChoice
    num_bytes: int
    error: float
    by_data: bool = False


def make_prepared_copy(source: Model) -> Model:
    """A copy of a model in which constants of equal content are one."""
    model = clone_model(source)
    merge_equal_constants(model)
    return model


def find_model_weights(model: Model, ignored: IgnoredScope) -> FoundWeights:
    """The weights of a model and of its sub-graph bodies."""
    graph_weights = []
    for snapshot in snapshot_graphs(model).values():
        reasons: Mapping[str, str] = find_ignored_by_user(snapshot, ignored, groups_are_convolutions=False).reasons
        graph_weights.append(find_weights(snapshot, reasons))
    tensors = tuple(weights for part in graph_weights for weights in part.tensors)
    return FoundWeights(tensors, tuple(kept for part in graph_weights for kept in part.kept))


def store_choices(
    model: Model,
    choices: Iterable[WeightChoice],
    progress: Progress | None = None,
    known: Mapping[TensorId, CodingResult] | None = None,
) -> tuple[StoredChoice, ...]:
    """Code and store weights in place, each from its own values alone unless its codes are known.

    Tensors are coded on several threads; each is computed by itself, so that their number changes nothing.

    Args:
        model: changed in place.
        choices: what is stored how.
        progress: is told how the work goes on.
        known: codes that were found before, by the tensors that they are of.

    Raises:
        ModelError: a weight is not a finite number.
    """
    wanted = list(choices)
    progress = progress or SilentProgress()
    progress.start("coding weights", len(wanted))
    stored: list[StoredChoice] = []
    try:
        with ModelEditor(model) as editor, ThreadPoolExecutor() as pool:

            def code(choice: WeightChoice) -> CodingResult:
                if known is not None and choice.weights.tensor in known:
                    return known[choice.weights.tensor]
                source = WeightSource(editor.nodes, choice.weights)
                return code_weights(source, choice.weights, choice.weight_format, choice.group_size)

            for choice, result in _map_in_order(pool, code, wanted):
                store_weights(editor, choice.weights.tensor, result.coded)
                by_data = known is not None and choice.weights.tensor in known
                stored.append(StoredChoice(choice, result.coded.num_bytes, result.error, by_data))
                progress.advance()
    finally:
        progress.finish()
    return tuple(stored)


def _map_in_order(
    pool: ThreadPoolExecutor, code: Callable[[WeightChoice], CodingResult], choices: Sequence[WeightChoice]
) -> Iterator[tuple[WeightChoice, CodingResult]]:
    """Choices with their codes; only ``AHEAD`` of them are coded before they are asked for, to save memory."""
    waiting: deque[tuple[WeightChoice, Future[CodingResult]]] = deque()
    for choice in choices:
        waiting.append((choice, pool.submit(code, choice)))
        if len(waiting) > AHEAD:
            first, future = waiting.popleft()
            yield first, future.result()
    for first, future in waiting:
        yield first, future.result()

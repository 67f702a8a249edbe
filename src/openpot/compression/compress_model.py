"""Stores the weights of a model as they were chosen, one tensor after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
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
    from openpot.graph.types import Model


@dataclass(frozen=True)
class StoredChoice:
    """How weights are stored, and what that made of them.

    Attributes:
        choice: what was chosen.
        num_bytes: of codes, scales and zero points.
        error: squared error of the weights as a share of their squares.
    """

    choice: WeightChoice
    num_bytes: int
    error: float


def prepared_copy(source: Model) -> Model:
    """A copy of a model in which constants of equal content are one."""
    model = clone_model(source)
    merge_equal_constants(model)
    return model


def find_model_weights(model: Model, ignored: IgnoredScope) -> FoundWeights:
    """The weights of a model and of its sub-graph bodies."""
    found = []
    for snapshot in snapshot_graphs(model).values():
        reasons: Mapping[str, str] = find_ignored_by_user(snapshot, ignored, groups_are_convolutions=False).reasons
        found.append(find_weights(snapshot, reasons))
    tensors = tuple(weights for one in found for weights in one.tensors)
    return FoundWeights(tensors, tuple(kept for one in found for kept in one.kept))


def store_choices(
    model: Model, choices: Iterable[WeightChoice], progress: Progress | None = None
) -> tuple[StoredChoice, ...]:
    """Code and store weights in place, each from its own values alone.

    Rows are coded on several threads; each row is computed by itself, so that their number changes nothing.

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
                source = WeightSource(editor.nodes, choice.weights)
                return code_weights(source, choice.weights, choice.weight_format, choice.group_size)

            # Coded ahead in pairs: the values of two tensors are held at once, not those of all.
            for choice, result in zip(wanted, pool.map(code, wanted), strict=True):
                store_weights(editor, choice.weights.tensor, result.coded)
                stored.append(StoredChoice(choice, result.coded.num_bytes, result.error))
                progress.advance()
    finally:
        progress.finish()
    return tuple(stored)

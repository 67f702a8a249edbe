"""Limits tensors to given ranges with Clamp operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpot.errors import ModelError
from openpot.graph.build import clamp
from openpot.graph.edit import ModelEditor
from openpot.graph.tensor_id import TensorId

if TYPE_CHECKING:
    from openpot.graph.types import Model

CLAMP_SUFFIX = "/min_max_Clamp"
"""What is added to the name of an operation for the Clamp after it (POT's name)."""


@dataclass(frozen=True)
class ClampResult:
    """Full names of the inserted Clamp operations, in the order asked for."""

    inserted: tuple[str, ...]


def insert_clamps(model: Model, ranges: Mapping[TensorId, tuple[float, float]]) -> ClampResult:
    """Put a Clamp after each of some tensors, in place; outputs of the model keep their tensor names.

    Args:
        model: Changed in place.
        ranges: Tensor -> smallest and largest value that pass.

    Raises:
        ModelError: A range is empty, or a tensor is limited already; nothing is changed then.
        UnknownNameError: There is no such tensor.
    """
    with ModelEditor(model) as editor:
        names = {tensor: f"{tensor}{CLAMP_SUFFIX}" for tensor in ranges}
        for tensor, (low, high) in ranges.items():
            editor.nodes.output(tensor)
            if not low <= high:
                raise ModelError(f"{tensor} cannot be limited to {low:g}..{high:g}: the range is empty")
            if names[tensor] in editor.nodes:
                raise ModelError(f"{tensor} is limited by {names[tensor]!r} already")
        for tensor, (low, high) in ranges.items():
            editor.insert_after(
                tensor,
                lambda data, low=low, high=high, name=names[tensor]: clamp(data, low, high, name),  # type: ignore[misc]
            )
    return ClampResult(tuple(names.values()))

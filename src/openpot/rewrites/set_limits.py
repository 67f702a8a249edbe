"""Replaces the limits of FakeQuantize operations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from openpot.graph.edit import ModelEditor
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model

_FIRST_LIMIT_PORT = 1
_ENDS = ("input_low", "input_high", "output_low", "output_high")


def set_limits(model: Model, limits: Mapping[str, FakeQuantizeLimits]) -> None:
    """Replace the limits of FakeQuantize operations, in place.

    Args:
        model: Holds the operations.
        limits: Full name of a FakeQuantize -> limits with as many values as it has now, or one.

    Raises:
        UnknownNameError: There is no operation of that name.
    """
    with ModelEditor(model) as editor:
        for name, values in limits.items():
            operation = editor.nodes.node(name)
            for port, end in enumerate(_ENDS, start=_FIRST_LIMIT_PORT):
                old = operation.input_value(port).get_node()
                editor.replace_constant(old.get_friendly_name(), _reshape_values(old.get_output_shape(0), values, end))


def _reshape_values(shape: tuple[int, ...], limits: FakeQuantizeLimits, end: str) -> Array:
    values = np.asarray(getattr(limits, end), np.float32)
    return values.reshape(tuple(shape)) if values.size == int(np.prod(shape)) else values

"""What a model says about one of its inputs: all that the data side has to know of a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Shape = tuple[int | None, ...] | None
"""Sizes with None for a dynamic dimension; None as a whole for a dynamic rank."""

_NUMPY_TYPES: dict[str, type[np.generic]] = {
    "f64": np.float64,
    "f32": np.float32,
    "f16": np.float16,
    "i64": np.int64,
    "i32": np.int32,
    "i16": np.int16,
    "i8": np.int8,
    "u64": np.uint64,
    "u32": np.uint32,
    "u16": np.uint16,
    "u8": np.uint8,
    "boolean": np.bool_,
}


@dataclass(frozen=True)
class InputDescription:
    """One input of a model.

    Attributes:
        name: the name that messages show.
        names: every name under which data may be given (tensor names and the friendly name).
        shape: expected shape with the batch axis.
        element_type: as OpenVINO prints it (``f32``, ``i64``...).
        layout: order of the axes as the model declares it (``[N,C,H,W]``); empty if it does not.
        model_info: what the model says about its input in its metadata.
        has_state: whether the model keeps a state from one inference to the next, so that samples may be sequences.
    """

    name: str
    names: frozenset[str]
    shape: Shape
    element_type: str = "f32"
    layout: str = field(default="", compare=False)
    model_info: Mapping[str, Any] = field(default_factory=dict, compare=False)
    has_state: bool = False

    @property
    def rank(self) -> int | None:
        """Number of axes; None if it is dynamic."""
        return None if self.shape is None else len(self.shape)

    @property
    def is_float(self) -> bool:
        """Whether the input takes real numbers (``bf16`` and the 8-bit floats included)."""
        return self.element_type.startswith(("f", "bf"))

    @property
    def is_string(self) -> bool:
        """Whether the input takes text."""
        return self.element_type == "string"

    @property
    def dtype(self) -> np.dtype[Any] | None:
        """The NumPy type of the input; None where NumPy has none (``bf16``, ``string``, ``dynamic``)."""
        dtype = _NUMPY_TYPES.get(self.element_type)
        return None if dtype is None else np.dtype(dtype)

    def find_batch_axis(self, batch_dim: int) -> int:
        """The batch axis of this input: ``batch_dim``, or the first axis where the rank is too small for it."""
        return batch_dim if self.rank is None or batch_dim < self.rank else 0


def format_shape(shape: Shape) -> str:
    """``(1, 3, ?, ?)``: a shape as messages show it."""
    if shape is None:
        return "any shape"
    sizes = ", ".join("?" if size is None else str(size) for size in shape)
    return f"({sizes},)" if len(shape) == 1 else f"({sizes})"

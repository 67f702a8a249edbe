"""Whatever holds numbers becomes a NumPy array, without importing the library that made it."""

from __future__ import annotations

from typing import Any

import numpy as np

from openpot.typing_aliases import Array


def is_array_like(value: Any) -> bool:
    """Whether ``value`` is an array or a tensor of some library (not a list or a number)."""
    return isinstance(value, np.ndarray) or (hasattr(value, "__array__") and not isinstance(value, type))


def to_array(value: Any) -> Array:
    """``value`` as an array; arrays are returned as they are, tensors are detached and brought to the host.

    Raises:
        ValueError: nested lists of unequal lengths.
        TypeError: the library of ``value`` refuses the conversion.
    """
    if isinstance(value, np.ndarray):
        return value
    # torch.Tensor: __array__ refuses tensors that require gradients or live on another device.
    for step in ("detach", "cpu"):
        if callable(getattr(value, step, None)):
            value = getattr(value, step)()
    return np.asarray(value)

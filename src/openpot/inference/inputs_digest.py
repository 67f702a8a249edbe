"""A hash of what inferences take, so that two records tell whether they speak of the same data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from openpot.typing_aliases import Array


def hash_inputs(inputs: Iterable[Mapping[int, Array]]) -> str:
    """The SHA-256 over shapes, types and bytes of all arrays, in their order, in hexadecimal digits.

    Args:
        inputs: arrays by number of the input, for each inference.
    """
    digest = hashlib.sha256()
    for arrays in inputs:
        for number, array in sorted(arrays.items()):
            digest.update(f"{number} {array.dtype} {array.shape}".encode())
            content = repr(array.tolist()).encode() if array.dtype.hasobject else np.ascontiguousarray(array).tobytes()
            digest.update(content)
    return digest.hexdigest()

"""Outputs of models that infer a sequence step by step: the tensors of all steps become one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from openpot.inference.named_outputs import arrays_by_name
from openpot.typing_aliases import Array


def stacked_steps(steps: Sequence[Any]) -> dict[str, Array]:
    """The outputs of several steps by name, stacked on a new axis: 1 for tensors of rank 2, else 2.

    Tensors of rank below 2 are stacked behind their last axis.
    """
    by_name: dict[str, list[Array]] = {}
    for outputs in steps:
        for name, array in arrays_by_name(outputs).items():
            by_name.setdefault(name, []).append(np.asarray(array))
    return {name: np.stack(arrays, axis=_axis(arrays[0].ndim)) for name, arrays in by_name.items()}


def _axis(rank: int) -> int:
    return 1 if rank == 2 else min(2, rank)

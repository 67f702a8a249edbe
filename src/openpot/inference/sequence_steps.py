"""Outputs of models that infer a sequence step by step: the tensors of all steps become one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from openpot.inference.feeds import Feed
from openpot.inference.named_outputs import collect_arrays_by_name
from openpot.typing_aliases import Array


def stack_steps(steps: Sequence[Any]) -> dict[str, Array]:
    """The outputs of several steps by name, stacked on a new axis: 1 for tensors of rank 2, else 2.

    Tensors of rank below 2 are stacked after their last axis.
    """
    by_name: dict[str, list[Array]] = {}
    for outputs in steps:
        for name, array in collect_arrays_by_name(outputs).items():
            by_name.setdefault(name, []).append(np.asarray(array))
    return {name: np.stack(arrays, axis=_choose_axis(arrays[0].ndim)) for name, arrays in by_name.items()}


def _choose_axis(rank: int) -> int:
    return 1 if rank == 2 else min(2, rank)


class StepOutputs:
    """The outputs of the steps of one sample after the other, until its last step completes them."""

    def __init__(self) -> None:
        self._steps: list[Mapping[Any, Array]] = []
        self._is_sequence = False

    def add(self, feed: Feed, outputs: Mapping[Any, Array]) -> bool:
        """Take in the outputs of one inference; returns whether the sample is complete."""
        if not feed.goes_on:
            self._steps = []
        self._is_sequence = feed.is_of_sequence
        self._steps.append(outputs)
        return feed.is_last

    def complete(self) -> dict[Any, Any]:
        """The outputs of the sample: as they were, or for a sequence with the steps as the first axis.

        Outputs whose shape changes from step to step become a list.
        """
        if not self._is_sequence:
            return dict(self._steps[0])
        return {key: _join([outputs[key] for outputs in self._steps]) for key in self._steps[0]}


def _join(steps: Sequence[Array]) -> Any:
    return np.stack(steps) if len({step.shape for step in steps}) == 1 else list(steps)

"""A quantized model whose ranges are inputs, so that other ranges can be tried without compiling it again.

One further input, a float32 vector, moves the limits of chosen FakeQuantize operations: a low end becomes
``low + control * unit``, a high end likewise. With all controls at zero it is the model as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from openpot.graph import build
from openpot.graph.edit import ModelEditor
from openpot.graph.tensor_id import InputId, TensorId
from openpot.trial.trial_graph import TrialGraph
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model, Output

PREFIX = "openpot/ranges"
_ENDS = {"low": (1, 3), "high": (2, 4)}
"""The inputs of a FakeQuantize that hold each end of the input range and of the output range."""


@dataclass(frozen=True, eq=False)
class MovableLimits:
    """Quantizers that move together: names, and what a control of 1 adds to each end, broadcastable with that end."""

    names: tuple[str, ...]
    low_unit: Array
    high_unit: Array


def add_range_inputs(model: Model, movable: Sequence[MovableLimits], compared: Sequence[TensorId]) -> TrialGraph:
    """A clone of ``model`` with the vector of controls as last input: low and high end of every entry of ``movable``.

    Args:
        model: it is not changed.
        movable: FakeQuantize operations whose output range is their input range.
        compared: the tensors that become the outputs.

    Returns:
        A trial graph without layers; its controls are a low and a high end for each entry, in their order.

    Raises:
        UnknownNameError: a quantizer or tensor does not exist.
    """
    length = 2 * len(movable)
    vector = build.parameter([length], "f32", f"{PREFIX}/controls")
    clone = model.clone()
    clone = build.model_with_parameters(clone, clone.get_results(), [vector])
    with ModelEditor(clone) as editor:
        cut = build.split_vector(vector, [1] * length, f"{PREFIX}/split")
        for number, entry in enumerate(movable):
            for side, unit in enumerate((entry.low_unit, entry.high_unit)):
                place = 2 * number + side
                for name in entry.names:
                    _move(editor, name, ("low", "high")[side], cut[place], unit)
        ends = [editor.nodes.output(tensor) for tensor in compared]
    results = [build.result(end, f"{PREFIX}/compared/{number}") for number, end in enumerate(ends)]
    return TrialGraph(build.model_with_results(clone, results), length)


def _move(editor: ModelEditor, quantizer: str, end: str, control: Output, unit: Array) -> None:
    name = f"{PREFIX}/{quantizer}/{end}"
    share = build.multiply(build.constant(np.asarray(unit, np.float32), f"{name}/unit").output(0), control, name)
    for port in _ENDS[end]:
        old = editor.nodes.input(InputId(quantizer, port)).get_source_output()
        moved = build.add(old, share.output(0), f"{name}/{port}")
        editor.replace_input(InputId(quantizer, port), moved.output(0))

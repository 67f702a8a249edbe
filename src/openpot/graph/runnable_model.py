"""Whether a model can be run on samples at all, found out before any of them is read."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from openpot.errors import ModelError
from openpot.graph.operation_kinds import MAC_OPERATIONS, RECURRENT
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node

_FLOAT_VIEWS = frozenset({"f16", "f32", "f64"})
"""Element types whose values NumPy can look at without a copy."""


def require_runnable(model: Model, ignored: Collection[str] = ()) -> None:
    """Refuse a model that no sample can be run on.

    Args:
        model: the float model.
        ignored: names of operations whose weights are not looked at.

    Raises:
        ModelError: it has no inputs, the rank of one is unknown, or weights hold NaN or Inf.
    """
    if not model.inputs:
        raise ModelError(
            f"the model {model.get_friendly_name()!r} has no inputs: what it gives is constant, and there is nothing "
            "to calibrate. Was it exported with its inputs replaced by values?"
        )
    for port in model.inputs:
        if port.get_partial_shape().rank.is_dynamic:
            name = min(port.get_names(), default=port.get_node().get_friendly_name())
            raise ModelError(
                f"the input {name!r} has no rank: the number of its axes is not known, and no device can run it. Give "
                f"it a shape, as in model.reshape({{{name!r}: [1, 3, 224, 224]}}); -1 stands for a size that varies"
            )
    for node in model.get_ops():
        if node.get_type_name() in MAC_OPERATIONS | RECURRENT and node.get_friendly_name() not in ignored:
            _check_weights(node)


def _check_weights(node: Node) -> None:
    for value in node.input_values():
        source = value.get_node()
        while source.get_type_name() in ("Convert", "Reshape"):
            source = source.input_value(0).get_node()
        if source.get_type_name() != "Constant" or source.get_element_type().to_string() not in _FLOAT_VIEWS:
            continue
        bad = find_not_finite(source.data)
        if bad is not None:
            count, place, first = bad
            raise ModelError(
                f"the constant {source.get_friendly_name()!r}, weights of {node.get_friendly_name()!r}, holds {count} "
                f"of {source.data.size} values that are NaN or Inf, the first is {first} at {place}: repair the model; "
                "was it saved in FP16 with values above 65504, or after a training that diverged?"
            )


def find_not_finite(values: Array) -> tuple[int, tuple[int, ...], float] | None:
    """How many values are not finite, and where the first of them is; None if all are finite."""
    with np.errstate(all="ignore"):
        if np.isfinite(np.sum(values, dtype=np.float64)):  # one pass without a copy, for nearly all constants
            return None
    bad = np.argwhere(~np.isfinite(values))
    if not len(bad):
        return None
    place = tuple(int(number) for number in bad[0])
    return len(bad), place, float(values[place])

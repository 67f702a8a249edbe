"""The outputs of an inference under the names that users know them by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model, Output

_SINK_SUFFIX = re.compile(r"/sink_port_\d+")


def clean_name(name: str) -> str:
    """A name without ``/sink_port_0``, which saved models append to the name of an output."""
    return _SINK_SUFFIX.sub("", name)


def output_names(model: Model) -> list[str]:
    """One name for each output of a model: that of its Result node, without the suffix of saved models."""
    names = [output.get_node().get_friendly_name() for output in model.outputs]
    cleaned = [clean_name(name) for name in names]
    return cleaned if len(set(cleaned)) == len(cleaned) else names


def arrays_by_name(outputs: Any) -> dict[str, Array]:
    """The arrays of an inference by every name that their output has (tensor names and the name of its Result).

    Args:
        outputs: what the runtime returns (arrays by output object), or a dict by name already.
    """
    found: dict[str, Array] = {}
    for output, array in outputs.items():
        if isinstance(output, str):
            found[output] = array
            continue
        for name in _all_names(output):
            found.setdefault(clean_name(name), array)
    return found


class NamedOutputs(dict[str, Array]):
    """The arrays of all outputs in the order of the model, by the name of their Result.

    Reading by another name of an output (a tensor name, the name of the node before the Result) works too.
    """

    def __init__(self, arrays: Mapping[str, Array], aliases: Mapping[str, Array]) -> None:
        super().__init__(arrays)
        self._aliases = dict(aliases)

    def __missing__(self, name: str) -> Array:
        return self._aliases[name]


def named_outputs(outputs: Any, names: list[str]) -> NamedOutputs:
    """The original outputs of a model, called ``names``, out of all outputs of an inference.

    Outputs that were added to observe the model come behind the original ones.
    """
    by_name, in_order = arrays_by_name(outputs), list(outputs.values())
    arrays = {name: by_name.get(name, in_order[number]) for number, name in enumerate(names)}
    return NamedOutputs(arrays, by_name)


def _all_names(output: Output) -> list[str]:
    node = output.get_node()
    names = [node.get_friendly_name(), *sorted(output.get_names())]
    if node.get_type_name() == "Result":
        source = node.input_value(0)
        producer = source.get_node().get_friendly_name()
        names += [producer if source.get_index() == 0 else f"{producer}.{source.get_index()}"]
    return names

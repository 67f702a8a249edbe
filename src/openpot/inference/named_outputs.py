"""The outputs of an inference under the names that users know them by."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model

_SINK_SUFFIX = re.compile(r"/sink_port_\d+")


def clean_name(name: str) -> str:
    """A name without ``/sink_port_0``, which saved models append to the name of an output."""
    return _SINK_SUFFIX.sub("", name)


def list_output_names(model: Model) -> list[str]:
    """One name for each output of a model: that of its Result node, without the suffix of saved models."""
    names = [output.get_node().get_friendly_name() for output in model.outputs]
    cleaned = [clean_name(name) for name in names]
    return cleaned if len(set(cleaned)) == len(cleaned) else names


def collect_arrays_by_name(outputs: Any) -> dict[str, Array]:
    """The arrays of an inference by every name that their output has (tensor names and the name of its Result).

    Args:
        outputs: what the runtime returns (arrays by output object), or a dict by name already.
    """
    arrays: dict[str, Array] = {}
    for output, array in outputs.items():
        for name in _names_of(output):
            arrays.setdefault(clean_name(name), array)
    return arrays


def _names_of(output: Any) -> list[str]:
    """The names of an output; one that users made themselves may offer those of its tensor alone."""
    if isinstance(output, str):
        return [output]
    results = [output.get_node().get_friendly_name()] if hasattr(output, "get_node") else []
    return [*results, *sorted(output.get_tensor().get_names())]


class NamedOutputs(dict[str, Array]):
    """The arrays of all outputs in the order of the model, by the name of their Result.

    Reading by another name of an output (a tensor name, the name of the node before the Result) works too.
    """

    def __init__(self, arrays: Mapping[str, Array], aliases: Mapping[str, str]) -> None:
        super().__init__(arrays)
        self._aliases = aliases

    def __missing__(self, name: str) -> Array:
        if self._aliases.get(name) not in self:
            raise KeyError(name)
        return self[self._aliases[name]]


def name_outputs(outputs: Any, names: Sequence[str], aliases: Mapping[str, str]) -> NamedOutputs:
    """The original outputs of a model, called ``names``, out of all outputs of an inference.

    Outputs that were added to observe the model come after the original ones.
    """
    in_order = list(outputs.values())
    by_name = {name: array for name, array in outputs.items() if isinstance(name, str)}
    arrays = {name: by_name[name] if name in by_name else in_order[number] for number, name in enumerate(names)}
    return NamedOutputs(arrays, aliases)


def list_output_aliases(model: Model) -> dict[str, str]:
    """The name in ``list_output_names`` of an output by each of its other names."""
    aliases: dict[str, str] = {}
    for output, name in zip(model.outputs, list_output_names(model), strict=True):
        result = output.get_node()
        source = result.input_value(0)
        producer, port = source.get_node().get_friendly_name(), source.get_index()
        others = [result.get_friendly_name(), *sorted(output.get_names()), f"{producer}.{port}"]
        for alias in (*others, producer) if port == 0 else others:
            aliases.setdefault(alias, name)
    return aliases

"""The table of algorithms: names to classes, and to the classes of their parameters.

:mod:`openpot.registry` enters openpot's own algorithms, users enter theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from openpot.algorithms.base import Algorithm
from openpot.errors import UnknownNameError, suggest_nearest_name

if TYPE_CHECKING:
    from openpot.config.algorithms import AlgorithmConfig

T = TypeVar("T")
Entry = TypeVar("Entry", bound=Callable[..., Any])


class Registry(Generic[T]):
    """A named table that classes or functions are entered into with a decorator.

    Args:
        name: how the table is called in names such as ``QuantizationAlgos.MinMaxQuantization`` and in messages.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._entries: dict[str, T] = {}

    @property
    def name(self) -> str:
        """The name of the table."""
        return self._name

    @property
    def registry_dict(self) -> dict[str, T]:
        """The entries by name."""
        return self._entries

    def register(self, name: str | None = None) -> Callable[[Entry], Entry]:
        """A decorator that enters a class or function under ``name``, or under its own name.

        Raises:
            UnknownNameError: (a KeyError, when decorating) the name is taken by another one.
        """

        def register_entry(entry: Entry) -> Entry:
            self._enter(name or entry.__name__, entry)
            return entry

        return register_entry

    def _enter(self, key: str, entry: Any) -> None:
        if self._entries.get(key, entry) is not entry:
            raise UnknownNameError(
                f"{self._name}: the name {key!r} is taken by {_format_name(self._entries[key])}; register "
                f"{_format_name(entry)} under another name"
            )
        self._entries[key] = entry

    def get(self, name: str) -> T:
        """What is registered under ``name``.

        Raises:
            UnknownNameError: (a KeyError) nothing is registered under that name.
        """
        if name not in self._entries:
            raise UnknownNameError(f"{self._name} has no {name!r}: {suggest_nearest_name(name, self._entries)}")
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self._entries


def _format_name(entry: Any) -> str:
    return str(getattr(entry, "__qualname__", entry))


COMPRESSION_ALGORITHMS: Registry[type[Algorithm]] = Registry("QuantizationAlgos")
"""Every algorithm that a pipeline configuration can name."""


def list_algorithm_configs() -> dict[str, type[AlgorithmConfig]]:
    """The class of the parameters of every registered algorithm that has one, by the algorithm's name."""
    classes = {
        name: getattr(entry, "config_class", None) for name, entry in COMPRESSION_ALGORITHMS.registry_dict.items()
    }
    return {name: config for name, config in classes.items() if config is not None}

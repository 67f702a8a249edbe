"""A dict whose keys are attributes too, as POT's configurations were: ``config.engine.device``.

Dicts that are stored, also those within lists and tuples, become ``AttributeDict``. What is absent reads as a new
empty ``AttributeDict``, by attribute and by ``[]``: ``config.a.b`` never fails and is falsy. Reading stores nothing;
assigning below what is absent stores the whole chain. ``get``, ``in``, ``len``, iteration and equality are a dict's.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any, Self


class AttributeDict(dict[Any, Any]):
    """A dict with attribute access; what is absent reads as an empty ``AttributeDict``."""

    __slots__ = ("_home",)
    _home: tuple[AttributeDict, Any] | None

    def __init__(self, source: Mapping[Any, Any] | Iterable[tuple[Any, Any]] | None = None, **values: Any) -> None:
        super().__init__()
        object.__setattr__(self, "_home", None)
        for key, value in dict(source or {}, **values).items():
            self[key] = value

    def __missing__(self, key: Any) -> AttributeDict:
        absent = type(self)()
        object.__setattr__(absent, "_home", (self, key))
        return absent

    def __getattr__(self, name: str) -> Any:
        # copy, pickle and NumPy ask for protocol methods by name: these are absent, not empty.
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        return self[name]

    def __setattr__(self, name: str, value: Any) -> None:
        if hasattr(type(self), name):
            raise AttributeError(f"{name!r} is a method of {type(self).__name__}: store this key with [{name!r}]")
        self[name] = value

    def __delattr__(self, name: str) -> None:
        if name not in self:
            raise AttributeError(f"{type(self).__name__} has no key {name!r}")
        del self[name]

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, self._wrap(value))
        self._arrive()

    def update(self, *sources: Any, **values: Any) -> None:
        """Merge mappings or pairs into this one: where both sides hold a dict, these are merged in turn."""
        for source in (*sources, values):
            for key, value in dict(source).items():
                if isinstance(value, Mapping) and isinstance(self.get(key), AttributeDict):
                    self[key].update(value)
                else:
                    self[key] = value

    def __or__(self, other: Any) -> Self:
        merged = self.copy()
        for key, value in dict(other).items():
            ours = self.get(key)
            merged[key] = ours | value if isinstance(value, Mapping) and isinstance(ours, AttributeDict) else value
        return merged

    def __ior__(self, other: Any) -> Self:
        self.update(other)
        return self

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """The value of ``key``, after storing ``default`` if it was absent."""
        if key not in self:
            self[key] = default
        return self[key]

    def copy(self) -> Self:
        """A shallow copy: nested dicts are shared."""
        return copy.copy(self)

    def __copy__(self) -> Self:
        twin = type(self)()
        for key, value in self.items():
            dict.__setitem__(twin, key, value)
        return twin

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        twin = type(self)()
        memo[id(self)] = twin
        for key, value in self.items():
            dict.__setitem__(twin, copy.deepcopy(key, memo), copy.deepcopy(value, memo))
        return twin

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.to_dict(),)

    def to_dict(self) -> dict[Any, Any]:
        """Plain nested dicts, lists and tuples with the same values."""
        return {key: _to_plain(value) for key, value in self.items()}

    def _wrap(self, value: Any) -> Any:
        if isinstance(value, dict) and not isinstance(value, AttributeDict):
            return type(self)(value)
        if type(value) in (list, tuple):
            return type(value)(self._wrap(entry) for entry in value)
        return value

    def _arrive(self) -> None:
        """Store this dict in the one it was read from, now that it holds something."""
        if self._home is not None:
            parent, own_key = self._home
            object.__setattr__(self, "_home", None)
            dict.__setitem__(parent, own_key, self)
            AttributeDict._arrive(parent)


def _to_plain(value: Any) -> Any:
    if isinstance(value, AttributeDict):
        return value.to_dict()
    if type(value) in (list, tuple):
        return type(value)(_to_plain(entry) for entry in value)
    return value

"""What a metric is: its class, its direction, its parameters and its code, as far as they can be told apart."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Iterator
from types import CodeType
from typing import Any

from openpot.typing_aliases import JSONValue

_PLAIN = (bool, int, float, str, type(None))


def identify_metric(metric: Any) -> list[JSONValue]:
    """Plain values that differ between metrics that measure something else, and are the same in every process.

    Names alone do not do: two functions called ``score``, or one before and after its author mended it, are not the
    same metric. What a function takes from outside its own code is not seen.
    """
    kind = type(metric)
    return [
        _name(kind),
        *sorted(_parameters(metric)),
        _attributes(metric),
        hashlib.sha256("\n".join(_codes(metric)).encode()).hexdigest()[:32],
    ]


def _name(thing: Any) -> str:
    return f"{getattr(thing, '__module__', '')}.{getattr(thing, '__qualname__', '')}"


def _attributes(metric: Any) -> str:
    try:
        return repr({name: sorted(facts.items()) for name, facts in sorted(metric.get_attributes().items())})
    except Exception:
        return ""


def _parameters(metric: Any) -> Iterator[str]:
    """What the constructor was given, where the object keeps it under the same name."""
    try:
        names = inspect.signature(type(metric)).parameters
    except (TypeError, ValueError):
        return
    for name in names:
        for attribute in (name, f"_{name}"):
            value = getattr(metric, attribute, None)
            if isinstance(value, _PLAIN):
                yield f"{name}={value!r}"
            elif inspect.isfunction(value):
                yield f"{name}={_name(value)}"


def _codes(metric: Any) -> Iterator[str]:
    """The code of its methods, and of functions that it was given."""
    for kind in type(metric).__mro__[:-1]:
        for name, member in sorted(vars(kind).items()):
            function = member.fget if isinstance(member, property) else member
            if inspect.isfunction(function):
                yield f"{name}: {_code(function.__code__)}"
    for name, value in sorted(getattr(metric, "__dict__", {}).items()):
        if inspect.isfunction(value):
            yield f"{name}: {_code(value.__code__)}"


def _constant(value: Any) -> str:
    if isinstance(value, CodeType):
        return _code(value)
    return repr(sorted(map(repr, value)) if isinstance(value, frozenset) else value)


def _code(code: CodeType) -> str:
    """A code object without what differs between processes: file, line numbers and addresses."""
    constants = [_constant(constant) for constant in code.co_consts]
    return f"{code.co_code.hex()} {code.co_names} {code.co_varnames} {constants}"

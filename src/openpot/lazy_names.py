"""Names of a package that are imported when they are first used (PEP 562), so that the package itself loads at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from openpot.memory_errors import memory_errors_at


def import_when_used(
    package: str, names: Mapping[str, str]
) -> tuple[list[str], Callable[[str], Any], Callable[[], list[str]]]:
    """``__all__``, ``__getattr__`` and ``__dir__`` of a package.

    A name must not be that of a module in the package: importing the module would take its place.

    Args:
        package: the package that offers the names.
        names: for each module the names that come from it, separated by spaces.
    """
    modules = {name: module for module, row in names.items() for name in row.split()}

    def load_name(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name, obj=sys.modules[package])
        with memory_errors_at(lambda: f"loading {package}.{name}"):
            value = getattr(import_module(modules[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    def list_names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *modules})

    return sorted(modules), load_name, list_names

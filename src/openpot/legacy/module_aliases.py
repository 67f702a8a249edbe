"""Modules of a package under the names that they had below one of its modules."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import MappingProxyType

MOVED: Mapping[str, str] = MappingProxyType({"_ov_api": "ie_api"})
"""Modules of OpenVINO whose last name has changed too: today's by name, with what it was."""


def alias_modules(package: str, historic: str) -> None:
    """Make every imported module ``package.x`` importable as ``historic.x`` too: one object under two names.

    Args:
        package: a package whose modules are imported.
        historic: a module of that package, below which they were.
    """
    skipped = (f"{historic}.", f"{package}.tools.")
    for name, module in list(sys.modules.items()):
        if not name.startswith(f"{package}.") or f"{name}.".startswith(skipped):
            continue
        below = name.removeprefix(f"{package}.")
        sys.modules.setdefault(f"{historic}.{MOVED.get(below, below)}", module)

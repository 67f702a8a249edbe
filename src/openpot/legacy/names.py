"""The table of POT's names: which openpot object stands behind each historic path, or why none does.

The table is data (``provided_names.py``, ``absent_names.py``). From it come the files of ``compat/``, the page
``docs/names.md``, the refusals of ``absent.py`` and the test that every path leads to the object it names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from openpot.legacy.absent_names import ABSENT_MODULES, ABSENT_NAMES, ABSENT_PACKAGES, Absence
from openpot.legacy.provided_names import PROVIDED

POT = "openvino.tools.pot"
"""The package that POT 2022 and 2023 were imported from."""

COMPRESSION = "compression"
"""The package that POT 2021 was imported from."""

COMMAND = "pot"
"""The package that ``python -m pot`` runs."""

PARTS_OF_COMPRESSION = ("api", "engines", "graph", "pipeline", "samplers", "statistics", "utils")
"""Sub-packages of POT that are also there under the older name."""


@dataclass(frozen=True)
class ProvidedName:
    """``module.name`` is the object ``target`` of the module ``target_module``."""

    module: str
    name: str
    target_module: str
    target: str

    @property
    def path(self) -> str:
        """The historic path."""
        return f"{self.module}.{self.name}"

    @property
    def target_path(self) -> str:
        """The path in openpot."""
        return f"{self.target_module}.{self.target}"


@dataclass(frozen=True)
class AbsentName:
    """A historic path that is refused: ``name`` of ``module``, or the whole module if ``name`` is empty."""

    module: str
    name: str
    absence: Absence

    @property
    def path(self) -> str:
        """The historic path."""
        return f"{self.module}.{self.name}" if self.name else self.module

    @property
    def message(self) -> str:
        """What is missing, why, and what to use instead."""
        return f"{self.path} cannot be imported: {self.absence.reason}. Instead: {self.absence.substitute}."


def _rename_root(module: str) -> Iterator[str]:
    """The full names of a module of the table: below POT's package, and below others that had it."""
    yield f"{POT}.{module}" if module else POT
    if module.split(".")[0] in PARTS_OF_COMPRESSION:
        yield f"{COMPRESSION}.{module}"
    if module == "__main__":
        yield f"{COMMAND}.{module}"


@cache
def provided_names() -> tuple[ProvidedName, ...]:
    """Every historic path that works, in the order of the table."""
    return tuple(
        ProvidedName(full, historic, target_module, target)
        for module, sources in PROVIDED.items()
        for full in _rename_root(module)
        for target_module, names in sources.items()
        for historic, target in _pairs(names)
    )


def _pairs(names: str) -> Iterator[tuple[str, str]]:
    """``'A Historic=ours'`` is the pairs (A, A) and (Historic, ours)."""
    for word in names.split():
        historic, _, target = word.partition("=")
        yield historic, target or historic


@cache
def absent_names() -> tuple[AbsentName, ...]:
    """Every historic path that is refused, whole packages and modules first."""
    packages = [AbsentName(package, "", why) for package, why in ABSENT_PACKAGES.items()]
    modules = [AbsentName(full, "", why) for module, why in ABSENT_MODULES.items() for full in _rename_root(module)]
    names = [
        AbsentName(full, name, why)
        for module, reasons in ABSENT_NAMES.items()
        for full in _rename_root(module)
        for why, listed in reasons.items()
        for name in listed.split()
    ]
    return (*packages, *modules, *names)


@cache
def absent_by_path() -> Mapping[str, AbsentName]:
    """The refused paths by path."""
    return {row.path: row for row in absent_names()}


@cache
def _places() -> Mapping[str, str]:
    """For each name that works somewhere below POT's package, the module that has it; the deepest of several."""
    below_pot = [row for row in provided_names() if row.module.startswith(POT)]
    rows = sorted(below_pot, key=lambda row: row.module.count("."))
    return {row.name: row.module for row in rows}


@cache
def _modules() -> frozenset[str]:
    """Every historic module and package."""
    full = {row.module for row in provided_names()} | {row.module for row in absent_names()}
    return frozenset(parent for name in full for parent in _add_parents(name))


def _add_parents(module: str) -> Iterator[str]:
    parts = module.split(".")
    yield from (".".join(parts[:count]) for count in range(1, len(parts) + 1))


def elsewhere(module: str, name: str) -> str | None:
    """Why ``name`` cannot be imported from ``module`` if POT has it in another module; None if it has not.

    POT's modules imported much from each other, and scripts took it from either place.
    """
    if name.startswith("__") or f"{module}.{name}" in _modules():
        return None
    if name in _places():
        return f"{module}.{name} cannot be imported: it belongs to another module. Instead: {_places()[name]}.{name}."
    refused = [row for row in absent_names() if row.name == name and row.module.startswith(POT)]
    return refused[0].message if refused else None

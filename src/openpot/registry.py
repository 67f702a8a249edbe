"""Algorithms by the names that users write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpot.algorithms.algorithm_registry import COMPRESSION_ALGORITHMS, Registry
from openpot.config.legacy import REMOVED_ALGORITHMS
from openpot.errors import ConfigError, UnknownNameError

if TYPE_CHECKING:
    from openpot.algorithms.base import Algorithm

__all__ = ["COMPRESSION_ALGORITHMS", "Registry", "get_algorithm_class"]


def get_algorithm_class(name: str) -> type[Algorithm]:
    """The class for ``Algo`` or ``Registry.Algo``.

    Raises:
        ConfigError: the name begins or ends with a dot.
        UnknownNameError: there is no such registry or algorithm.
    """
    if not isinstance(name, str) or not name.strip("."):
        raise ConfigError(f"an algorithm's name must be a text such as 'DefaultQuantization', not {name!r}")
    if name.startswith(".") or name.endswith("."):
        raise ConfigError(f"an algorithm's name can neither begin nor end with a dot: {name!r}")
    registry, _, short = name.rpartition(".")
    if registry not in ("", COMPRESSION_ALGORITHMS.name):
        raise UnknownNameError(
            f"there is no algorithm registry {registry!r}: write {COMPRESSION_ALGORITHMS.name}.{short}"
        )
    if short in REMOVED_ALGORITHMS and short not in COMPRESSION_ALGORITHMS:
        raise UnknownNameError(f"POT gave up the algorithm {short!r}; use {REMOVED_ALGORITHMS[short]}")
    return COMPRESSION_ALGORITHMS.get(short)

"""Looking up registries by name, as POT's ``algorithm_selector`` did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openpot.errors import ConfigError, UnknownNameError, suggest_nearest_name
from openpot.legacy.algorithm_registry import COMPRESSION_ALGORITHMS
from openpot.registry import Registry


class RegistryStorage:
    """The registries among the values of a namespace, by their names.

    Raises:
        ConfigError: two registries have the same name.
    """

    def __init__(self, namespace: Mapping[str, Any]) -> None:
        self.registries: dict[str, Registry[Any]] = {}
        for registry in namespace.values():
            if not isinstance(registry, Registry):
                continue
            if self.registries.setdefault(registry.name, registry) is not registry:
                raise ConfigError(f"two registries are called {registry.name!r}: give each its own name")

    def get_registry(self, registry_name: str) -> Registry[Any]:
        """The registry called ``registry_name``.

        Raises:
            UnknownNameError: there is none.
        """
        if registry_name not in self.registries:
            hint = suggest_nearest_name(registry_name, self.registries)
            raise UnknownNameError(f"there is no registry {registry_name!r}: {hint}")
        return self.registries[registry_name]


REGISTRY_STORAGE = RegistryStorage({"COMPRESSION_ALGORITHMS": COMPRESSION_ALGORITHMS})
"""The registries of openpot."""


def get_registry(name: str) -> Registry[Any]:
    """The registry called ``name``.

    Raises:
        UnknownNameError: there is none.
    """
    return REGISTRY_STORAGE.get_registry(name)

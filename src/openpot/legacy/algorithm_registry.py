"""POT's ``algorithm_selector``: the algorithms under POT's names, and registering one's own."""

from __future__ import annotations

from typing import Any

from openpot.algorithms.base import Algorithm
from openpot.legacy.algorithm_classes import ALGORITHM_CLASSES
from openpot.registry import COMPRESSION_ALGORITHMS as OPENPOT_ALGORITHMS
from openpot.registry import Registry, get_algorithm_class


class AlgorithmRegistry(Registry[type[Algorithm]]):
    """POT's classes by name. What is registered here or with openpot is known to both."""

    def _enter(self, key: str, entry: Any) -> None:
        super()._enter(key, entry)
        if key not in OPENPOT_ALGORITHMS:
            OPENPOT_ALGORITHMS.register(key)(entry)

    def get(self, name: str) -> type[Algorithm]:
        """The class under ``name``.

        Raises:
            UnknownNameError: (a KeyError) nothing is registered under that name.
        """
        return self.registry_dict[name] if name in self else get_algorithm_class(name)


COMPRESSION_ALGORITHMS = AlgorithmRegistry(OPENPOT_ALGORITHMS.name)
"""Every algorithm that a configuration can name."""

for _class in ALGORITHM_CLASSES:
    COMPRESSION_ALGORITHMS.register(_class.name)(_class)


def get_algorithm(name: str) -> type[Algorithm]:
    """The class for ``Algo`` or ``Registry.Algo``.

    Raises:
        ConfigError: the name begins or ends with a dot.
        UnknownNameError: there is no such registry or algorithm.
    """
    known = get_algorithm_class(name)
    return COMPRESSION_ALGORITHMS.registry_dict.get(name.rpartition(".")[2], known)

"""A stable name for one output of one node."""

from __future__ import annotations

from typing import NamedTuple


class TensorId(NamedTuple):
    """Output ``port`` of the node with the full name ``node`` (``owner|inner`` inside sub-graph bodies).

    Full names are unique within a CompressedModel: loading renames duplicates.
    """

    node: str
    port: int = 0

    def __str__(self) -> str:
        return self.node if self.port == 0 else f"{self.node}.{self.port}"


class InputId(NamedTuple):
    """Input ``port`` of the node with the full name ``node``."""

    node: str
    port: int

    def __str__(self) -> str:
        return f"{self.node}[{self.port}]"

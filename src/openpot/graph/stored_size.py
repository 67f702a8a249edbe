"""How many bytes a model takes on disk."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from openpot.graph.node_index import bodies

if TYPE_CHECKING:
    from openpot.graph.types import Model, Node


def count_stored_bytes(model: Model) -> int:
    """Bytes of all constants of a model, those of its sub-graph bodies included: nearly the size of its ``.bin``.

    Constants of equal content count once, because they are stored once.
    """
    graphs = (model, *bodies(model).values())
    constants = [node for graph in graphs for node in graph.get_ordered_ops() if node.get_type_name() == "Constant"]
    times = Counter(int(node.get_byte_size()) for node in constants)
    alone = sum(size for size, count in times.items() if count == 1)
    contents = {_digest(node): int(node.get_byte_size()) for node in constants if times[node.get_byte_size()] > 1}
    return alone + sum(contents.values())


def _digest(constant: Node) -> bytes:
    """The same for constants of equal bytes."""
    if constant.get_element_type().to_string() == "string":
        return str(constant.get_friendly_name()).encode()  # OpenVINO does not give out the content of texts
    data = np.ascontiguousarray(np.atleast_1d(constant.data))
    return hashlib.blake2b(data.reshape(-1).view(np.uint8).data, digest_size=16).digest()

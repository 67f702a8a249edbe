"""Whether a run can have the memory that it takes at least, found out before it starts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from openpot.available_memory import read_address_space_left, read_available_memory
from openpot.errors import OutOfMemoryError
from openpot.graph.stored_size import count_stored_bytes
from openpot.memory_errors import REMEDY

if TYPE_CHECKING:
    from openpot.graph.types import Model, Output

LEAST_ADDRESS_SPACE = 160 * 2**20
"""What threads of the runtime reserve before it computes anything; with less the process may end without a word."""


def forecast_memory(model: Model) -> int:
    """Bytes that quantizing a model takes at least: its constants twice, and its largest tensor.

    Sizes that vary count as one; what a run really takes is several times that.
    """
    tensors = [_count_bytes(port) for node in model.get_ops() for port in node.outputs()]
    return 2 * count_stored_bytes(model) + max(tensors, default=0)


def require_memory(model: Model) -> None:
    """Refuse a run that cannot have its memory.

    Raises:
        OutOfMemoryError: less is available than it takes at least.
    """
    needed, available = forecast_memory(model), read_available_memory()
    if available is not None and needed > available:
        raise OutOfMemoryError(
            f"not enough memory: the model {model.get_friendly_name()!r} takes at least {needed:,} bytes (its weights "
            f"twice and its largest tensor), and {available:,} are available; {REMEDY}"
        )
    left = read_address_space_left()
    if left is not None and left < LEAST_ADDRESS_SPACE:
        raise OutOfMemoryError(
            f"not enough memory: the limit of the address space leaves {left:,} bytes, and the threads of the runtime "
            f"alone take some {LEAST_ADDRESS_SPACE:,}; {REMEDY}"
        )


def _count_bytes(port: Output) -> int:
    shape = port.get_partial_shape()
    if shape.rank.is_dynamic:
        return 0
    sizes = [1 if size.is_dynamic else size.get_length() for size in shape]
    return int(math.prod(sizes) * port.get_element_type().bitwidth // 8)

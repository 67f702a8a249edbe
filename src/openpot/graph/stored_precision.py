"""The precision in which a model stores its weights."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from openpot.graph.node_index import bodies

if TYPE_CHECKING:
    from openpot.graph.types import Model

_NAMES = {"f64": "FP64", "f32": "FP32", "f16": "FP16", "bf16": "BF16"}


def name_stored_precision(model: Model) -> str:
    """``FP32``, ``FP16``, ...: that of most floating-point constants by their number of elements.

    ``FP32`` for a model without such constants: that is what it computes in.
    """
    elements: Counter[str] = Counter()
    for graph in (model, *bodies(model).values()):
        for node in graph.get_ordered_ops():
            kind = node.get_element_type().to_string() if node.get_type_name() == "Constant" else ""
            if kind in _NAMES:
                elements[kind] += int(node.get_byte_size()) // int(node.get_element_type().size)
    return _NAMES[elements.most_common(1)[0][0]] if elements else "FP32"

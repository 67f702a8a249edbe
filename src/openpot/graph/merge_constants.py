"""Large constants of equal content become one: what a file stores once is then treated as one as well.

A network that uses one table twice (tied embeddings, shared weights) often comes with two constants of the same bytes.
OpenVINO stores these once, but as soon as one of them is quantized and the other is not there would be two.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

from openpot.graph.edit import ModelEditor
from openpot.graph.revisions import snapshot_graphs
from openpot.graph.stored_size import content_digest
from openpot.graph.tensor_id import TensorId

if TYPE_CHECKING:
    from openpot.graph.snapshot import GraphSnapshot, NodeRecord
    from openpot.graph.types import Model

MIN_VALUES = 1024
"""Below, nothing is gained."""


def merge_equal_constants(model: Model) -> tuple[str, ...]:
    """Let all readers of equal constants read the first of them, in place.

    Constants are equal if their element type, shape and bytes are; each sub-graph body keeps its own.

    Returns:
        Full names of the constants that left the model.
    """
    merged: list[str] = []
    with ModelEditor(model) as editor:
        for snapshot in snapshot_graphs(model).values():
            first: dict[object, str] = {}
            for record in _candidates(snapshot):
                content = (record.output_type, record.output_shape, content_digest(editor.nodes.node(record.name)))
                kept = first.setdefault(content, record.name)
                if kept != record.name:
                    editor.replace_readers(TensorId(record.name), TensorId(kept))
                    merged.append(record.name)
        editor.forget(merged)
    return tuple(merged)


def _candidates(snapshot: GraphSnapshot) -> list[NodeRecord]:
    """Large constants of which others have the same type and shape."""
    large = [
        record
        for record in snapshot.of_type("Constant")
        if math.prod(size or 1 for size in record.output_shape or ()) >= MIN_VALUES
    ]
    times = Counter((record.output_type, record.output_shape) for record in large)
    return [record for record in large if times[record.output_type, record.output_shape] > 1]

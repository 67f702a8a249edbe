"""Which outputs are read by their largest values: scores over many positions or classes, heat maps, logits."""

from __future__ import annotations

import math

from openpot.graph.moved_values import find_origin
from openpot.graph.operation_kinds import REORDERINGS
from openpot.graph.snapshot import GraphSnapshot, Shape
from openpot.graph.tensor_id import TensorId

MIN_VALUES = 16
"""With fewer values each of them counts for itself."""

BOUNDED = frozenset(
    {"Sigmoid", "Tanh", "Softmax", "HardSigmoid", "Clamp", "NormalizeL2", "SoftSign", "Sin", "Cos", "Erf"}
)
"""What ends in one of these has its largest values at the bound in every sample: they tell nothing."""


def is_read_by_peaks(snapshot: GraphSnapshot, tensor: TensorId) -> bool:
    """Whether the largest value of a tensor is likely to decide what a user sees.

    Not of bounded outputs, whose maximum is the bound, and not of images, which are seen as a whole.
    """
    shape = snapshot.shape(tensor)
    if shape is None or math.prod(size or MIN_VALUES for size in shape) < MIN_VALUES:
        return False
    origin = find_origin(snapshot, tensor, REORDERINGS | {"Convert"})
    if snapshot[origin.node].type in BOUNDED:
        return False
    inputs = [node.output_shape for node in snapshot.nodes_of_type("Parameter")]
    return not any(_has_pixels_of(shape, given) for given in inputs)


def _has_pixels_of(shape: Shape, given: Shape) -> bool:
    """Whether an output may have the positions of an input, or more; unknown sizes may."""
    if shape is None or given is None or len(shape) < 4 or len(given) < 4:
        return False
    return any(
        all(mine is None or its is None or mine >= its for mine, its in zip(shape[axes], given[axes], strict=False))
        for axes in (slice(2, None), slice(1, -1))
    )

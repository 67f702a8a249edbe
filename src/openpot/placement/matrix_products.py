"""Matrix products on processors whose INT8 instructions add pairs of products in 16 bits (no VNNI, no AMX).

There INT8 kernels of convolutions are up to four times as fast as float ones, but those of matrix products are not:
measured on AVX2 with OpenVINO 2026, 0.8 to 1.25 times the speed of float over all shapes, and transformers as a whole
0.8. What helps is smaller weights where reading them is the work: with few rows, integer weights that the float kernel
unpacks run 1.2 to 2.5 times as fast; with many rows unpacking costs more than it saves.
"""

from __future__ import annotations

import math
from enum import StrEnum

from openpot.graph.operation_kinds import is_product_of_activations
from openpot.graph.snapshot import GraphSnapshot, NodeRecord

FEW_ROWS = 16
"""Up to so many rows of data integer weights are faster than float ones."""

WEIGHTS_ONLY = (
    "only its weights are stored as integers: on this processor INT8 matrix products are no faster than float ones"
)
NO_FASTER = "on this processor INT8 matrix products are no faster than float ones"


class ProductForm(StrEnum):
    """What of a matrix product is quantized: data and weights, only the weights (for their size), or nothing."""

    INTEGER = "integer"
    WEIGHTS = "weights"
    FLOAT = "float"


def choose_product_form(snapshot: GraphSnapshot, node: NodeRecord, is_slow: bool) -> ProductForm:
    """What of an operation is quantized.

    Args:
        snapshot: The graph.
        node: An operation that multiplies and accumulates.
        is_slow: Whether the processor multiplies matrices no faster in INT8 than in float.
    """
    if node.type != "MatMul" or not is_slow:
        return ProductForm.INTEGER
    if is_product_of_activations(snapshot, node) or node.inputs[1].node not in snapshot.constants:
        return ProductForm.FLOAT
    rows = _count_rows(snapshot.shape(node.inputs[0]), bool(node.attributes.get("transpose_a")))
    return ProductForm.WEIGHTS if rows is not None and rows <= FEW_ROWS else ProductForm.FLOAT


def _count_rows(shape: tuple[int | None, ...] | None, transposed: bool) -> int | None:
    """Number of rows that are multiplied; None if only an inference shows it. An unknown batch counts as one sample."""
    if not shape or len(shape) < 2:
        return None
    sizes = list(shape)
    del sizes[-2 if transposed else -1]
    if sizes[0] is None:
        sizes[0] = 1
    known = [size for size in sizes if size is not None]
    return math.prod(known) if len(known) == len(sizes) else None

"""Which tensors depend on a selection or a decision: their rows cannot be compared place by place.

NonMaxSuppression and its kin choose rows of what they read, TopK and ArgMax choose places, comparisons and roundings
decide. An arbitrarily small change of their inputs can swap two rows or flip an answer, so everything computed from
them is discontinuous. Their inputs are not: they are compared instead.
"""

from __future__ import annotations

from collections.abc import Collection

from openpot.graph.operation_kinds import FLOAT_TYPES, MAC_OPERATIONS, RECURRENT, TYPES_WITH_BODIES
from openpot.graph.snapshot import GraphSnapshot, NodeRecord

SELECTIONS = frozenset(
    {
        "NonMaxSuppression", "NonMaxSuppressionIEInternal", "NMSRotated", "MatrixNms", "MulticlassNms",
        "DetectionOutput", "Proposal", "GenerateProposals", "TopK", "CTCGreedyDecoder", "CTCGreedyDecoderSeqLen",
        "ExperimentalDetectronDetectionOutput", "ExperimentalDetectronGenerateProposalsSingleImage",
        "ExperimentalDetectronTopKROIs", "NonZero", "Unique", "Multinomial",
    }
)  # fmt: skip
"""Operations that choose places, wherever they stand."""

DECISIONS = frozenset(
    {
        "Equal", "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual", "Sign", "Round", "Floor", "Ceiling",
        "FloorMod", "Mod", "Bucketize", "SearchSorted", "HardMax",
    }
)  # fmt: skip
"""Operations with a jump. In the middle of a network they are parts of activation functions, whose other half makes up
for the jump (``x > 0 ? x : a * x``), so they count only after the last multiply-accumulate operation."""

ACCUMULATING = (
    MAC_OPERATIONS
    | RECURRENT
    | TYPES_WITH_BODIES
    | {"DeformableConvolution", "BinaryConvolution", "Einsum", "ScaledDotProductAttention"}
)
"""Operations whose results quantization changes."""


ROW_SELECTIONS = SELECTIONS - {"TopK", "CTCGreedyDecoder", "CTCGreedyDecoderSeqLen", "Multinomial"}
"""Selections that give a varying number of rows in an order of their own."""


def find_chosen_rows(snapshot: GraphSnapshot) -> frozenset[str]:
    """Names of the nodes whose rows were chosen: only as sets can two models' rows be compared."""
    return frozenset(_find_chosen(snapshot, _find_computed_nodes(snapshot), ROW_SELECTIONS))


def find_selected_nodes(snapshot: GraphSnapshot) -> frozenset[str]:
    """Names of the nodes whose outputs depend on a selection, or on a decision after the last accumulation.

    Only what quantization can change counts: a mask computed from token ids decides the same in both models.
    """
    computed = _find_computed_nodes(snapshot)
    decided: set[str] = set()
    for node in snapshot.nodes.values():
        if node.name not in computed or node.type in ACCUMULATING:
            continue
        if _decides(snapshot, node, computed) or any(source.node in decided for source in node.inputs):
            decided.add(node.name)
    return frozenset(_find_chosen(snapshot, computed, SELECTIONS) | decided)


def _find_chosen(snapshot: GraphSnapshot, computed: Collection[str], selections: Collection[str]) -> set[str]:
    """The computed nodes that are one of these selections, or follow one."""
    chosen: set[str] = set()
    for node in snapshot.nodes.values():
        follows = node.type in selections or any(source.node in chosen for source in node.inputs)
        if follows and node.name in computed:
            chosen.add(node.name)
    return chosen


def _find_computed_nodes(snapshot: GraphSnapshot) -> set[str]:
    """Nodes whose values come from data through a multiply-accumulate operation."""
    computed: set[str] = set()
    for node in snapshot.nodes.values():
        if node.name in snapshot.constants or node.name in snapshot.shape_arithmetic:
            continue
        if node.type in ACCUMULATING or any(source.node in computed for source in node.inputs):
            computed.add(node.name)
    return computed


def _decides(snapshot: GraphSnapshot, node: NodeRecord, computed: Collection[str]) -> bool:
    floats = [
        source for source in node.inputs if source.node in computed and snapshot.element_type(source) in FLOAT_TYPES
    ]
    if not floats:
        return False
    to_integers = node.type == "Convert" and node.output_type not in FLOAT_TYPES
    return node.type in DECISIONS or to_integers

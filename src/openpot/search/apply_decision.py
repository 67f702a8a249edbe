"""A model as the outputs decided about it: its limits, its bias shifts, and its operations in float."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from openpot.algorithms.min_max import MinMaxResult
from openpot.graph.revisions import snapshot_graphs
from openpot.rewrites.insert_bias import shift_biases
from openpot.rewrites.remove_fake_quantize import remove_quantizers
from openpot.rewrites.set_limits import set_limits
from openpot.search.evidence import Evidence
from openpot.search.trial_subject import AVERAGE, IN_FLOAT, WIDEST, Choice, TrialSubject
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel


def select_reachable_shifts(subject: TrialSubject, choice: Choice, shifts: Mapping[str, Array]) -> dict[str, Array]:
    """The shifts of layers that quantization still reaches: elsewhere the float model computes, and needs none.

    Args:
        subject: the models.
        choice: the quantizers that act; weights that it does not name do.
        shifts: name of a layer -> shift of each channel.
    """
    readers = {
        reader.node
        for quantizer in subject.quantizers
        if choice.get(quantizer.name, WIDEST) is not IN_FLOAT
        for reader in quantizer.readers
    }
    reached: set[str] = set()
    for node in snapshot_graphs(subject.reference)[""].nodes.values():
        if node.name in readers or any(source.node in reached for source in node.inputs):
            reached.add(node.name)
    return {name: values for name, values in shifts.items() if name in reached}


def apply_decision(model: CompressedModel, done: MinMaxResult, choice: Choice, evidence: Evidence) -> MinMaxResult:
    """Change a single quantized model as decided, in place; returns its quantizers as they are then."""
    average = {name: done.average[name] for name, candidate in choice.items() if candidate == AVERAGE}
    set_limits(model.members[0].model, average)
    shift_biases(model.members[0].model, evidence.shifts)
    out = [name for name, candidate in choice.items() if candidate is IN_FLOAT]
    remove_quantizers(model, out)
    return done.replace_limits(average).revert_to_float(_explain_reverted(evidence), frozenset(out))


def _explain_reverted(evidence: Evidence) -> dict[str, str]:
    """Why the outputs want operations in float, by operation."""
    return {
        operation: f"stays in float: in INT8 it brought {_describe_share(share)} of the error of the outputs"
        for unit, share in reversed(evidence.in_float)  # what was found out first counts
        for operation in unit.operations
    }


def _describe_share(share: float) -> str:
    return f"{share:.0%}" if round(share, 2) > 0 else "less than 1%"

"""What may be wrong with a run, from its plan, its evidence, the weights and some samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from openpot.graph.operation_kinds import MAC_OPERATIONS, SEQUENCES
from openpot.layers.input_scaling import suspect_input_scaling
from openpot.layers.layer_gain import find_exploding_layers
from openpot.measure.side_by_side import load_inputs
from openpot.optional_stage import optional_stage
from openpot.report.records import Finding

if TYPE_CHECKING:
    from openpot.data.loader import DataLoader
    from openpot.graph.types import Model
    from openpot.placement.plan import QuantizationPlan
    from openpot.search.evidence import Evidence

EXAMINED_SAMPLES = 8
MOST = 0.5
_BY_USER = "the user left"
"""Part of the reason that the plan gives for operations that the ignored scope names."""


def diagnose(
    source: Model, plan: QuantizationPlan, evidence: Evidence | None, loader: DataLoader, observed: Sequence[int]
) -> tuple[Finding, ...]:
    """Causes of a result that disappoints, the most certain first; none for most runs.

    Args:
        source: the float model.
        plan: of the result.
        evidence: what the outputs decided; None where they were not asked.
        loader: the data.
        observed: numbers of the samples that calibrated, which are therefore known to be usable.
    """
    findings = [*explain_ignored(plan)]
    with optional_stage("looking at how samples are scaled", "Whether they are as in training is not known"):
        findings += check_scaling(source, loader, observed)
    with optional_stage("looking for layers that explode", "Whether there are some is not known"):
        findings += check_layers(source)
    return (*findings, *explain_dominant_error(evidence))


def explain_ignored(plan: QuantizationPlan) -> list[Finding]:
    """An ignored scope that leaves nothing to quantize."""
    layers = [decision for decision in plan.decisions if decision.type in MAC_OPERATIONS | SEQUENCES]
    left_out = [decision for decision in layers if _BY_USER in decision.reason]
    if not left_out or any(decision.quantized for decision in layers):
        return []
    text = f"the ignored scope covers everything that could be quantized: {len(left_out)} of {len(layers)} layers"
    return [Finding(text, "name fewer operations in ignored_scope (--ignored)")]


def check_scaling(source: Model, loader: DataLoader, observed: Sequence[int]) -> list[Finding]:
    """Samples that seem to be scaled otherwise than the network expects."""
    examined = [number for number in observed if number < len(loader)][:EXAMINED_SAMPLES]
    feeds = load_inputs(source, loader, examined) if examined else []
    reason = suspect_input_scaling(source, feeds)
    remedy = "check the values of a sample against those of training; images: --mean and --scale"
    return [] if reason is None else [Finding(reason, remedy)]


def check_layers(source: Model) -> list[Finding]:
    """Layers that magnify far more than the others."""
    return [
        Finding(
            f"the layer {layer.name!r} explodes: its largest filter magnifies {layer.gain:.3g}-fold, the layers of "
            f"this network usually {layer.usual:.3g}-fold",
            "check how the model was exported or trained; leave the layer in float with ignored_scope (--ignored)",
        )
        for layer in find_exploding_layers(source)
    ]


def explain_dominant_error(evidence: Evidence | None) -> list[Finding]:
    """One place that brought most of the error."""
    reverted = () if evidence is None else evidence.in_float
    for unit, share in reverted:
        if share > MOST and len(reverted) > 1:
            names = ", ".join(map(repr, unit.operations))
            text = f"{names} brought {share:.0%} of the output error in INT8, and went back to float"
            return [Finding(text, "look for channels with values far larger than the others there")]
    return []

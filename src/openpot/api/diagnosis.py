"""What may be wrong with a run, from its plan, its evidence, the weights and some samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from openpot.graph.operation_kinds import MAC_OPERATIONS, SEQUENCES
from openpot.layers.input_scaling import suspect_input_scaling
from openpot.layers.layer_gain import find_dead_filters, find_exploding_layers, measure_gains
from openpot.measure.executed_graph import Arithmetic
from openpot.measure.side_by_side import load_inputs
from openpot.optional_stage import optional_stage
from openpot.report.as_text import shorten_names
from openpot.report.layers import PREPARED
from openpot.report.records import Finding, LayerRecord, Severity

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
    source: Model,
    plan: QuantizationPlan,
    evidence: Evidence | None,
    loader: DataLoader,
    observed: Sequence[int],
    layers: Sequence[LayerRecord] = (),
) -> tuple[Finding, ...]:
    """Causes of a result that disappoints, the most certain first; none for most runs.

    Args:
        source: the float model.
        plan: of the result.
        evidence: what the outputs decided; None where they were not asked.
        loader: the data.
        observed: numbers of the samples that calibrated, which are therefore known to be usable.
        layers: what became of each layer.
    """
    findings = [*explain_ignored(plan)]
    with optional_stage("looking at how samples are scaled", "Whether they are as in training is not known"):
        findings += check_scaling(source, loader, observed)
    with optional_stage("looking for layers that explode", "Whether there are some is not known"):
        findings += check_layers(source)
    return (*findings, *explain_fallback(layers), *explain_dominant_error(evidence))


def explain_ignored(plan: QuantizationPlan) -> list[Finding]:
    """An ignored scope that leaves nothing to quantize."""
    layers = [decision for decision in plan.decisions if decision.type in MAC_OPERATIONS | SEQUENCES]
    left_out = [decision for decision in layers if _BY_USER in decision.reason]
    if not left_out or any(decision.quantized for decision in layers):
        return []
    text = f"the ignored scope covers everything that could be quantized: {len(left_out)} of {len(layers)} layers"
    return [Finding(text, "name fewer operations in ignored_scope (--ignored)", Severity.ERROR)]


def check_scaling(source: Model, loader: DataLoader, observed: Sequence[int]) -> list[Finding]:
    """Samples that seem to be scaled otherwise than the network expects."""
    examined = [number for number in observed if number < len(loader)][:EXAMINED_SAMPLES]
    feeds = load_inputs(source, loader, examined) if examined else []
    reason = suspect_input_scaling(source, feeds)
    remedy = "check the values of a sample against those of training; images: --mean and --scale"
    return [] if reason is None else [Finding(reason, remedy)]


def check_layers(source: Model) -> list[Finding]:
    """Layers that magnify far more than the others, and those with many filters of zeros."""
    gains = measure_gains(source)
    dead = [
        Finding(
            f"{layer.dead} of the {layer.filters} filters of {layer.name!r} have no weights but zeros: they give a "
            "constant and take time",
            "remove them (structured pruning) before the model is exported",
            Severity.NOTE,
        )
        for layer in find_dead_filters(gains)
    ]
    exploding = [
        Finding(
            f"the layer {layer.name!r} explodes: its largest filter magnifies {layer.gain:.3g}-fold, the layers of "
            f"this network usually {layer.usual:.3g}-fold",
            "check how the model was exported or trained; leave the layer in float with ignored_scope (--ignored)",
        )
        for layer in find_exploding_layers(gains)
    ]
    return exploding + dead


def explain_fallback(layers: Sequence[LayerRecord]) -> list[Finding]:
    """Layers that were quantized and that the device computes in float all the same, by the reason it gives."""
    total = sum(layer.multiplications for layer in layers)
    by_reason: dict[str, list[LayerRecord]] = {}
    for layer in layers:
        if layer.reason.startswith(PREPARED) and layer.arithmetic is Arithmetic.FLOAT:
            by_reason.setdefault(layer.reason, []).append(layer)
    return [
        Finding(
            f"{shorten_names([layer.operation for layer in group])}: {reason}; that is "
            f"{sum(layer.multiplications for layer in group) / total:.0%} of the multiplications",
            "their quantizers cost time and buy no INT8 kernel: leave them out with ignored_scope (--ignored), or run "
            "the model on a device that has the kernel",
        )
        for reason, group in by_reason.items()
        if total > 0
    ]


def explain_dominant_error(evidence: Evidence | None) -> list[Finding]:
    """One place that brought most of the error."""
    reverted = () if evidence is None else evidence.in_float
    for unit, share in reverted:
        if share > MOST and len(reverted) > 1:
            names = ", ".join(map(repr, unit.operations))
            text = f"{names} brought {share:.0%} of the output error in INT8, and went back to float"
            return [Finding(text, "look for channels with values far larger than the others there", Severity.NOTE)]
    return []

"""Tensors that no calibration sample gave a value: their range is not known, so what they feed stays in float."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.placement.plan import PlannedQuantizer, QuantizationPlan
from openpot.rewrites.remove_fake_quantize import find_quantizer_blocks, remove_quantizers

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel

REASON = "no calibration sample gave its input a value"


@dataclass(frozen=True, eq=False)
class CompleteLimits:
    """Limits for every quantizer of a plan, and those whose limits are placeholders: they have to be removed."""

    limits: Mapping[str, FakeQuantizeLimits]
    unseen: tuple[PlannedQuantizer, ...]


def complete_limits(plan: QuantizationPlan, known: Mapping[str, FakeQuantizeLimits]) -> CompleteLimits:
    """Add limits for tensors that were not seen: those of their group where there are some, else any."""
    by_group = {
        quantizer.group: known[quantizer.name]
        for quantizer in plan.quantizers
        if quantizer.group is not None and quantizer.name in known
    }
    limits: dict[str, FakeQuantizeLimits] = {}
    unseen = []
    for quantizer in plan.quantizers:
        quantizer_limits = known.get(quantizer.name) or (
            None if quantizer.group is None else by_group.get(quantizer.group)
        )
        if quantizer_limits is None:
            unseen.append(quantizer)
            quantizer_limits = FakeQuantizeLimits.from_range(np.array(-1.0), np.array(1.0), quantizer.levels)
        limits[quantizer.name] = quantizer_limits
    return CompleteLimits(limits, tuple(unseen))


def leave_in_float(
    model: CompressedModel, position: int, plan: QuantizationPlan, unseen: Collection[PlannedQuantizer]
) -> QuantizationPlan:
    """Remove from a member the quantizers of tensors that were not seen, with all others of the operations they feed.

    Args:
        model: has the quantizers of the plan.
        position: of the member.
        plan: the plan of that member.
        unseen: quantizers whose range is not known.

    Returns:
        The plan as it is then.
    """
    if not unseen:
        return plan
    blocks = find_quantizer_blocks(
        model.snapshot(position),
        [quantizer.name for quantizer in unseen],
        target_device=plan.target_device,
        placement=plan.placement,
    )
    names = {name for block in blocks for name in block.quantizers}
    operations = {model.provenance.original_name(name) for block in blocks for name in block.operations}
    remove_quantizers(model, names)
    return plan.revert_to_float(dict.fromkeys(operations, f"stays in float: {REASON}"), names)


def describe_unseen(unseen: Collection[PlannedQuantizer]) -> str:
    """A warning about tensors that were not seen."""
    tensors = ", ".join(sorted({repr(str(quantizer.tensor)) for quantizer in unseen}))
    return (
        f"no calibration sample gave these tensors a value: {tensors}. What they feed stays in float; calibrate with "
        "samples that reach them (a detector needs images with something to find)"
    )

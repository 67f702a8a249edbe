"""Decides by the outputs how a quantized model should be: its ranges, its bias shifts, and what stays in float."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from itertools import count as count_from
from typing import TYPE_CHECKING

from openpot.algorithms.min_max import MinMaxResult
from openpot.config.algorithms import OutputErrorLimit
from openpot.data.validation_samples import choose_validation_positions
from openpot.graph.revisions import snapshot_graphs
from openpot.optional_stage import optional_stage
from openpot.placement.plan import QuantizerKind
from openpot.search.apply_decision import apply_decision, select_reachable_shifts
from openpot.search.error_budget import choose_least_budget
from openpot.search.evidence import (
    GOOD,
    SAME_RANGE,
    Evidence,
    choose_ranges_and_shifts,
    find_largest_ratio,
    try_ends_in_float,
)
from openpot.search.measured_repair import MeasuredRepair, RepairOutcome, find_subject_units
from openpot.search.network_ends import find_small_ends
from openpot.search.trial import Trial
from openpot.search.trial_subject import AVERAGE, WIDEST, Choice, TrialSubject
from openpot.trial.compared_outputs import describe_compared
from openpot.trial.float_outputs import FloatOutputs

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.graph.types import Model

logger = logging.getLogger(__name__)

MIN_REPAIR_SAMPLES = 4
"""With fewer validation samples nothing is reverted for the budget's sake: how much the outputs vary is not known."""

LITTLE = 0.1
"""Nothing more is tried if the error is at most this share of the budget."""


@dataclass(frozen=True)
class EvidenceSettings:
    """The device that the model is for, and what error of the outputs is accepted (None: any)."""

    target_device: str
    max_output_error: OutputErrorLimit


@dataclass(frozen=True, eq=False)
class Decision:
    """The quantizers as they are now, and what the trial found out."""

    min_max: MinMaxResult
    evidence: Evidence


def decide_by_outputs(
    outputs: FloatOutputs,
    model: CompressedModel,
    min_max: MinMaxResult,
    settings: EvidenceSettings,
) -> Decision:
    """Choose ranges and bias shifts, and revert as many operations to float as it takes to keep the outputs close.

    Args:
        outputs: those of the float model, on calibration samples.
        model: the quantized model, a single one, changed in place.
        min_max: its quantizers, with average limits as an alternative.
        settings: the device, and the budget for the error.

    Raises:
        ModelError: a model cannot be compiled.
        EngineError: an inference failed.
    """
    subject = _make_subject(outputs.model, model.members[0].model, min_max)
    ends = find_small_ends(find_subject_units(subject, settings.target_device))
    trial = Trial(subject, outputs, [name for end in ends for unit in end for name in unit.quantizers])
    widest: Choice = dict.fromkeys(subject.candidates, WIDEST)
    average: Choice = {name: min(AVERAGE, len(limits) - 1) for name, limits in subject.candidates.items()}
    least = choose_least_budget(trial.predicts_tokens)
    budget = least if settings.max_output_error == "auto" else settings.max_output_error
    good = GOOD if budget is None else min(GOOD, LITTLE * budget)
    choice, evidence = choose_ranges_and_shifts(trial, widest, average if average != widest else None, good)
    if budget is not None and evidence.error > LITTLE * budget:
        with optional_stage("trying the ends of the network in float", "They are quantized"):
            choice, evidence = try_ends_in_float(trial, choice, evidence, ends)
        budget = _relax_budget(budget, trial, evidence, settings)
    judged_at = describe_compared(snapshot_graphs(outputs.model)[""])
    evidence = replace(evidence, budget=budget, judged_at=judged_at)
    if budget is not None and evidence.error > budget:
        measured_repair = MeasuredRepair(subject, trial, model, min_max, settings.target_device)
        outcome = _repair_if_possible(measured_repair, choice, evidence, budget)
        choice, evidence = outcome.choice, outcome.evidence
        min_max = replace(min_max, warnings=(*min_max.warnings, *outcome.warnings))
    shifts = select_reachable_shifts(subject, choice, evidence.shifts)
    evidence = replace(evidence, shifts=shifts, inferences=trial.inferences)
    logger.info("%s ranges: %s", evidence.ranges, evidence.reason)
    return Decision(apply_decision(model, min_max, choice, evidence), evidence)


def _make_subject(reference: Model, model: Model, min_max: MinMaxResult) -> TrialSubject:
    """The models with the limits of every quantizer: the widest, and the average ones where they differ."""
    activations = [record for record in min_max.quantizers if record.planned.kind != QuantizerKind.WEIGHTS]
    widest = {record.name: record.limits for record in activations}
    average = {
        name: limits
        for name, limits in min_max.average.items()
        if find_largest_ratio({name: widest[name]}, {name: limits}) > SAME_RANGE
    }
    candidates = {name: (limits, *([average[name]] if name in average else [])) for name, limits in widest.items()}
    return TrialSubject(reference, model, [record.planned for record in min_max.quantizers], candidates)


def _relax_budget(budget: float, trial: Trial, evidence: Evidence, settings: EvidenceSettings) -> float:
    """The budget; if it is ``auto`` and exceeded, raised as far as small noise at the inputs justifies it."""
    if settings.max_output_error != "auto":
        return budget
    with optional_stage("measuring what noise at the inputs does", f"The limit of the output error stays at {budget}"):
        return trial.choose_budget(evidence.error)
    return budget


def _explain_too_few(evidence: Evidence, budget: float) -> str:
    return (
        f"the output error is {evidence.error:.3f} on {evidence.validation_samples} calibration samples, above "
        f"max_output_error {budget:.3f}: too few samples to say which operations are at fault; calibrate with at least "
        f"{_count_samples_for(MIN_REPAIR_SAMPLES)}"
    )


def _count_samples_for(validation_samples: int) -> int:
    """The smallest number of samples that gives so many validation samples."""
    counts = count_from(validation_samples)
    return next(count for count in counts if len(choose_validation_positions(count)) >= validation_samples)


def _repair_if_possible(
    measured_repair: MeasuredRepair, choice: Choice, evidence: Evidence, budget: float
) -> RepairOutcome:
    """The repair; or what was decided before it, where samples are too few for one or it fails."""
    if measured_repair.trial.num_validation_samples < MIN_REPAIR_SAMPLES:
        return RepairOutcome(choice, evidence, (_explain_too_few(evidence, budget),))
    consequence = f"The output error stays at {evidence.error:.3f}, above max_output_error {budget:.3f}"
    with optional_stage("returning operations to float", consequence):
        return measured_repair.run(choice, evidence, budget)
    return RepairOutcome(choice, evidence)


__all__ = ["Decision", "EvidenceSettings", "decide_by_outputs"]

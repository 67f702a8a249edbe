"""From a quantized model and its float original to a model that the outputs approve of."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count as count_from
from typing import TYPE_CHECKING

from openpot.algorithms.min_max import MinMaxResult
from openpot.config.algorithms import OutputErrorLimit
from openpot.optional_stage import optional_stage
from openpot.placement.plan import QuantizerKind
from openpot.search.apply_decision import apply_decision, shifts_in_reach
from openpot.search.error_budget import LEAST, error_budget
from openpot.search.evidence import (
    GOOD,
    SAME_RANGE,
    WIDEST,
    Evidence,
    choose_ranges_and_shifts,
    find_largest_ratio,
    try_ends_in_float,
)
from openpot.search.measured_repair import MeasuredRepair, RepairOutcome, units_of
from openpot.search.network_ends import find_small_ends
from openpot.search.trial import Choice, Trial, TrialSubject
from openpot.statistics.validation_samples import choose_validation_positions
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.graph.types import Model

logger = logging.getLogger(__name__)

JUDGES_OF_REPAIR = 4
"""With fewer validation samples nothing is reverted to float for the budget: how much the outputs vary is unknown."""

LITTLE = 0.1
"""Nothing more is asked if the error is at most this share of the budget."""


@dataclass(frozen=True)
class EvidenceSettings:
    """The device that the model is for, and what error of the outputs is accepted (None: any)."""

    target_device: str
    max_output_error: OutputErrorLimit


@dataclass(frozen=True, eq=False)
class Decided:
    """The quantizers as they are now, and what was found out."""

    min_max: MinMaxResult
    evidence: Evidence


def decide_by_outputs(
    reference: Model,
    model: CompressedModel,
    done: MinMaxResult,
    feeds: Sequence[dict[int, Array]],
    settings: EvidenceSettings,
    device: str = "CPU",
) -> Decided:
    """Choose ranges, shift layers, and return operations to float as far as the outputs ask for it.

    Args:
        reference: the float model.
        model: the quantized model, a single one, changed in place.
        done: its quantizers, with average limits as an alternative.
        feeds: inputs of calibration samples.
        settings: what is wanted.
        device: where to run.

    Raises:
        ModelError: a model cannot be compiled.
        EngineError: an inference failed.
    """
    subject = _subject(reference, model.members[0].model, done)
    ends = find_small_ends(units_of(subject, settings.target_device))
    trial = Trial(subject, feeds, device, [name for end in ends for unit in end for name in unit.quantizers])
    widest: Choice = dict.fromkeys(subject.candidates, WIDEST)
    average: Choice = {name: len(limits) - 1 for name, limits in subject.candidates.items()}
    budget = LEAST if settings.max_output_error == "auto" else settings.max_output_error
    good = GOOD if budget is None else min(GOOD, LITTLE * budget)
    choice, evidence = choose_ranges_and_shifts(trial, widest, average if average != widest else None, good)
    if budget is not None and evidence.error > LITTLE * budget:
        with optional_stage("trying the ends of the network in float", "They are quantized"):
            choice, evidence = try_ends_in_float(trial, choice, evidence, ends)
        budget = _relaxed(budget, trial, evidence, settings)
    evidence = replace(evidence, budget=budget)
    if budget is not None and evidence.error > budget:
        measured_repair = MeasuredRepair(subject, trial, model, done, settings.target_device)
        outcome = _repair_if_possible(measured_repair, choice, evidence, budget)
        choice, evidence = outcome.choice, outcome.evidence
        done = replace(done, warnings=(*done.warnings, *outcome.warnings))
    shifts = shifts_in_reach(subject, choice, evidence.shifts)
    evidence = replace(evidence, shifts=shifts, inferences=trial.inferences)
    logger.info("%s ranges: %s", evidence.rule, evidence.reason)
    return Decided(apply_decision(model, done, choice, evidence), evidence)


def _subject(reference: Model, model: Model, done: MinMaxResult) -> TrialSubject:
    """The models with the limits of every quantizer: the widest, and the average ones where they differ."""
    limits = {one.name: one.limits for one in done.quantizers if one.planned.kind != QuantizerKind.WEIGHTS}
    offered = {
        name: average
        for name, average in done.average.items()
        if find_largest_ratio({name: limits[name]}, {name: average}) > SAME_RANGE
    }
    candidates = {name: (own, *([offered[name]] if name in offered else [])) for name, own in limits.items()}
    return TrialSubject(reference, model, [one.planned for one in done.quantizers], candidates)


def _relaxed(budget: float, trial: Trial, evidence: Evidence, settings: EvidenceSettings) -> float:
    """The budget, larger where it was left to openpot, is missed, and small noise at the inputs does as much."""
    if settings.max_output_error != "auto" or evidence.error <= budget:
        return budget
    with optional_stage("measuring what noise at the inputs does", f"The limit of the output error stays at {budget}"):
        return error_budget(trial.noise_error(), trial.gives_images)
    return budget


def _too_few(evidence: Evidence, budget: float) -> str:
    return (
        f"the output error is {evidence.error:.3f} on {evidence.judges} calibration samples, above max_output_error "
        f"{budget:.3f}: too few samples to say which operations are at fault; calibrate with at least "
        f"{_samples_with_judges(JUDGES_OF_REPAIR)}"
    )


def _samples_with_judges(wanted: int) -> int:
    return next(count for count in count_from(wanted) if len(choose_validation_positions(count)) >= wanted)


def _repair_if_possible(
    measured_repair: MeasuredRepair, choice: Choice, evidence: Evidence, budget: float
) -> RepairOutcome:
    """What was decided before where samples are too few for a repair, or where it fails."""
    if measured_repair.trial.num_validation_samples < JUDGES_OF_REPAIR:
        return RepairOutcome(choice, evidence, (_too_few(evidence, budget),))
    consequence = f"The output error stays at {evidence.error:.3f}, above max_output_error {budget:.3f}"
    with optional_stage("returning operations to float", consequence):
        return measured_repair.run(choice, evidence, budget)
    return RepairOutcome(choice, evidence)


__all__ = ["Decided", "EvidenceSettings", "decide_by_outputs"]

"""From a quantized model and its float original to a model that the outputs approve of."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count as count_from
from typing import TYPE_CHECKING

from openpot.algorithms.min_max import MinMaxResult
from openpot.graph.revisions import snapshot_graphs
from openpot.placement.plan import QuantizerKind
from openpot.rewrites.insert_bias import shift_biases
from openpot.rewrites.remove_fake_quantize import remove_quantizers
from openpot.rewrites.set_limits import set_limits
from openpot.search.evidence import (
    AVERAGE,
    GOOD,
    SAME_RANGE,
    WIDEST,
    Evidence,
    choose_ranges_and_shifts,
    find_largest_ratio,
    try_ends_in_float,
)
from openpot.search.float_units import find_units
from openpot.search.network_ends import find_small_ends
from openpot.search.repair import Repair, Unit, repair
from openpot.search.trial import Choice, Trial, TrialSubject
from openpot.statistics.validation_samples import choose_validation_positions
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.graph.types import Model

logger = logging.getLogger(__name__)

WEIGHTS_AT_FAULT = 0.7
"""If weights alone take more than this share of the budget, they are put to the trial as well."""


JUDGES_OF_REPAIR = 4
"""With fewer validation samples nothing is reverted to float for the budget: how much the outputs vary is unknown."""

LITTLE = 0.1
"""Nothing more is asked if the error is at most this share of the budget."""


@dataclass(frozen=True)
class EvidenceSettings:
    """The device that the model is for, and what error of the outputs is accepted (None: any)."""

    target_device: str
    max_output_error: float | None


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
    ends = find_small_ends(_units(subject, settings.target_device))
    trial = Trial(subject, feeds, device, [name for end in ends for unit in end for name in unit.quantizers])
    widest: Choice = dict.fromkeys(subject.candidates, WIDEST)
    average: Choice = {name: len(limits) - 1 for name, limits in subject.candidates.items()}
    budget = settings.max_output_error
    good = GOOD if budget is None else min(GOOD, LITTLE * budget)
    choice, evidence = choose_ranges_and_shifts(trial, widest, average if average != widest else None, good)
    if budget is not None and evidence.error > LITTLE * budget:
        choice, evidence = try_ends_in_float(trial, choice, evidence, ends)
    if budget is not None and evidence.error > budget:
        if trial.num_validation_samples < JUDGES_OF_REPAIR:
            done = replace(done, warnings=(*done.warnings, _too_few(evidence, budget)))
        else:
            repaired = _repaired(subject, trial, choice, evidence, settings)
            evidence = replace(evidence, error=repaired.error, shifts=repaired.shifts, repair=repaired)
            choice = repaired.choice
    evidence = replace(evidence, inferences=trial.inferences)
    logger.info("%s ranges: %s", evidence.rule, evidence.reason)
    return Decided(_applied(model, done, choice, evidence), evidence)


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


def _units(subject: TrialSubject, target_device: str, with_weights: bool = False) -> list[Unit]:
    """What can go back to float, in topological order."""
    original, quantized = (snapshot_graphs(model)[""] for model in (subject.reference, subject.quantized))
    return find_units(original, quantized, subject.quantizers, target_device, with_weights=with_weights)


def _too_few(evidence: Evidence, budget: float) -> str:
    return (
        f"the output error is {evidence.error:.3f} on {evidence.judges} calibration samples, above max_output_error "
        f"{budget:.3f}: too few samples to say which operations are at fault; calibrate with at least "
        f"{_samples_with_judges(JUDGES_OF_REPAIR)}"
    )


def _samples_with_judges(wanted: int) -> int:
    return next(count for count in count_from(wanted) if len(choose_validation_positions(count)) >= wanted)


def _repaired(
    subject: TrialSubject, trial: Trial, choice: Choice, evidence: Evidence, settings: EvidenceSettings
) -> Repair:
    """Operations back to float: activations, weights of convolutions, and all weights if these break the budget."""
    budget = settings.max_output_error
    assert budget is not None  # noqa: S101  asked for by the caller
    everything = trial.recompile([one.name for one in subject.quantizers])
    _, floor = everything.shifted(dict.fromkeys(choice, None))
    at_fault = floor > WEIGHTS_AT_FAULT * budget
    units = _units(subject, settings.target_device, with_weights=at_fault)
    weights: Choice = dict.fromkeys(everything.weights, WIDEST)
    found = repair(everything, units, {**weights, **choice}, evidence.shifts, evidence.error, budget)
    trial.inferences += everything.inferences
    return found


def _applied(model: CompressedModel, done: MinMaxResult, choice: Choice, evidence: Evidence) -> MinMaxResult:
    """Change the model as decided; returns its quantizers as they are then."""
    average = {name: done.average[name] for name, number in choice.items() if number == AVERAGE}
    set_limits(model.members[0].model, average)
    shift_biases(model.members[0].model, evidence.shifts)
    out = [name for name, number in choice.items() if number is None]
    remove_quantizers(model, out)
    return done.replace_limits(average).revert_to_float(_reasons(evidence), frozenset(out))


def _reasons(evidence: Evidence) -> dict[str, str]:
    """Why the outputs want operations in float, by operation."""
    return {
        operation: f"stays in float: in INT8 it brought {share:.0%} of the error of the outputs"
        for unit, share in reversed(evidence.in_float)  # what was found out first counts
        for operation in unit.operations
    }


__all__ = ["Decided", "EvidenceSettings", "decide_by_outputs"]

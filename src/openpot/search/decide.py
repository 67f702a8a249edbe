"""From a quantized model and its float original to a model that the outputs approve of."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count as count_from
from typing import TYPE_CHECKING

from openpot.algorithms.records import MinMaxResult
from openpot.config.algorithms import OutputErrorLimit
from openpot.graph.revisions import snapshot_graphs
from openpot.placement.plan import QuantizerKind
from openpot.rewrites.insert_bias import shift_biases
from openpot.rewrites.remove_fake_quantize import remove_fake_quantize
from openpot.rewrites.set_limits import set_limits
from openpot.search.error_budget import LEAST, error_budget
from openpot.search.evidence import (
    AVERAGE,
    GOOD,
    SAME_RANGE,
    WIDEST,
    Evidence,
    choose_ranges_and_shifts,
    largest_ratio,
    with_ends_in_float,
)
from openpot.search.float_units import float_units
from openpot.search.network_ends import small_ends
from openpot.search.repair import Repair, Unit, repair
from openpot.search.trial import Choice, Trial, TrialSubject
from openpot.statistics.judging_items import judging_positions
from openpot.trial.judged_error import judged_error
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model

logger = logging.getLogger(__name__)

WEIGHTS_AT_FAULT = 0.7
"""If weights alone take more than this share of the budget, they are put to the trial as well."""


JUDGES_OF_REPAIR = 4
"""With fewer judging items nothing goes back to float for the budget's sake: how much the outputs vary is not known."""

REPAIRS = 3
"""How often operations go back to float at most, each time for a smaller budget."""

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
    model: Model,
    done: MinMaxResult,
    feeds: Sequence[dict[int, Array]],
    settings: EvidenceSettings,
    device: str = "CPU",
) -> Decided:
    """Choose ranges, shift layers, and return operations to float as far as the outputs ask for it.

    Args:
        reference: the float model.
        model: the quantized model, changed in place.
        done: its quantizers, with average limits as an alternative.
        feeds: inputs of calibration items.
        settings: what is wanted.
        device: where to run.

    Raises:
        ModelError: a model cannot be compiled.
        EngineError: an inference failed.
    """
    subject = _subject(reference, model, done)
    ends = small_ends(_units(subject, settings.target_device))
    trial = Trial(subject, feeds, device, [name for end in ends for unit in end for name in unit.quantizers])
    widest: Choice = dict.fromkeys(subject.candidates, WIDEST)
    average: Choice = {name: len(limits) - 1 for name, limits in subject.candidates.items()}
    budget = LEAST if settings.max_output_error == "auto" else settings.max_output_error
    good = GOOD if budget is None else min(GOOD, LITTLE * budget)
    choice, evidence = choose_ranges_and_shifts(trial, widest, average if average != widest else None, good)
    if budget is not None and evidence.error > LITTLE * budget:
        choice, evidence = with_ends_in_float(trial, choice, evidence, ends)
    if settings.max_output_error == "auto" and evidence.error > LEAST:
        budget = error_budget(trial.noise_error(), trial.gives_images)
    evidence = replace(evidence, budget=budget)
    if budget is not None and evidence.error > budget:
        if trial.num_judges < JUDGES_OF_REPAIR:
            done = replace(done, warnings=(*done.warnings, _too_few(evidence, budget)))
        else:
            choice, evidence, warnings = _repaired(subject, trial, done, choice, evidence, settings)
            done = replace(done, warnings=(*done.warnings, *warnings))
    evidence = replace(evidence, shifts=shifts_in_reach(subject, choice, evidence.shifts))
    evidence = replace(evidence, inferences=trial.inferences)
    logger.info("%s ranges: %s", evidence.rule, evidence.reason)
    return Decided(_applied(model, done, choice, evidence), evidence)


def _subject(reference: Model, model: Model, done: MinMaxResult) -> TrialSubject:
    """The models with the limits of every quantizer: the widest, and the average ones where they differ."""
    limits = {one.name: one.limits for one in done.quantizers if one.planned.kind != QuantizerKind.WEIGHTS}
    offered = {
        name: average
        for name, average in done.average.items()
        if largest_ratio({name: limits[name]}, {name: average}) > SAME_RANGE
    }
    candidates = {name: (own, *([offered[name]] if name in offered else [])) for name, own in limits.items()}
    return TrialSubject(reference, model, [one.planned for one in done.quantizers], candidates)


def _units(subject: TrialSubject, target_device: str, with_weights: bool = False) -> list[Unit]:
    """What can go back to float, in topological order."""
    original, quantized = (snapshot_graphs(model)[""] for model in (subject.reference, subject.quantized))
    return float_units(original, quantized, subject.quantizers, target_device, with_weights=with_weights)


def _too_few(evidence: Evidence, budget: float) -> str:
    return (
        f"the output error is {evidence.error:.3f} on {evidence.judges} calibration items, above max_output_error "
        f"{budget:.3f}: too few items to say which operations are at fault; calibrate with at least "
        f"{_items_with_judges(JUDGES_OF_REPAIR)}"
    )


def _items_with_judges(wanted: int) -> int:
    return next(count for count in count_from(wanted) if len(judging_positions(count)) >= wanted)


def _repaired(
    subject: TrialSubject,
    trial: Trial,
    done: MinMaxResult,
    choice: Choice,
    evidence: Evidence,
    settings: EvidenceSettings,
) -> tuple[Choice, Evidence, tuple[str, ...]]:
    """Operations back to float until the model that results is within the budget, as it really runs.

    The trial graph computes in float what the device computes in integers. Where the result is further from the float
    model than the trial said, the repair goes on with a smaller budget. A repair that makes nothing better is dropped.
    """
    budget = evidence.budget
    assert budget is not None  # noqa: S101  asked for by the caller
    everything = trial.with_switches([one.name for one in subject.quantizers])
    aim = budget
    for _ in range(REPAIRS):
        attempt = _attempt(subject, everything, choice, evidence, settings, aim)
        repaired = replace(evidence, error=attempt.error, shifts=attempt.shifts, repair=attempt)
        measured = _measured(subject, trial, done, attempt.choice, repaired)
        if (
            measured <= budget
            or all(number is None for number in attempt.choice.values())
            or attempt.error <= attempt.floor
        ):
            break
        aim = max(attempt.error, attempt.floor) * budget / measured
    trial.inferences += everything.inferences
    if measured > budget and measured >= (unrepaired := _measured(subject, trial, done, choice, evidence)):
        return choice, evidence, (_missed(unrepaired, trial.num_judges, budget),)
    warnings = (_missed(measured, trial.num_judges, budget),) if measured > budget else ()
    return attempt.choice, repaired, warnings


def _attempt(
    subject: TrialSubject,
    everything: Trial,
    choice: Choice,
    evidence: Evidence,
    settings: EvidenceSettings,
    aim: float,
) -> Repair:
    """Take out activations, with the weights of convolutions, and other weights as well if these alone miss the aim."""
    _, floor = everything.shifted(dict.fromkeys(choice, None))
    at_fault = floor > WEIGHTS_AT_FAULT * aim
    units = _units(subject, settings.target_device, with_weights=at_fault)
    weights = [name for unit in units for name in unit.quantizers if name in everything.weights]
    return repair(everything, units, {**dict.fromkeys(weights, WIDEST), **choice}, evidence.shifts, evidence.error, aim)


def _measured(subject: TrialSubject, trial: Trial, done: MinMaxResult, choice: Choice, evidence: Evidence) -> float:
    """The error of the model that was decided on, as the device runs it, on the samples that nothing was fitted on."""
    candidate = subject.quantized.clone()
    evidence = replace(evidence, shifts=shifts_in_reach(subject, choice, evidence.shifts))
    _applied(candidate, done, choice, evidence)
    return judged_error(subject.reference, candidate, trial.validation_feeds)


def _missed(error: float, samples: int, budget: float) -> str:
    return (
        f"the output error is {error:.3f} on {samples} held-out calibration samples, above max_output_error "
        f"{budget:.3f}, and no more operations in float bring it down: look at the data, or allow a larger error"
    )


def shifts_in_reach(subject: TrialSubject, choice: Choice, shifts: Mapping[str, Array]) -> dict[str, Array]:
    """The shifts of layers that quantization still reaches: elsewhere the float model computes, and needs none.

    Args:
        subject: the models.
        choice: the quantizers that act; weights that it does not name do.
        shifts: name of a layer -> shift of each channel.
    """
    readers = {
        reader.node for one in subject.quantizers if choice.get(one.name, WIDEST) is not None for reader in one.readers
    }
    reached: set[str] = set()
    for node in snapshot_graphs(subject.reference)[""].nodes.values():
        if node.name in readers or any(source.node in reached for source in node.inputs):
            reached.add(node.name)
    return {name: values for name, values in shifts.items() if name in reached}


def _applied(model: Model, done: MinMaxResult, choice: Choice, evidence: Evidence) -> MinMaxResult:
    """Change the model as decided; returns its quantizers as they are then."""
    average = {name: done.average[name] for name, number in choice.items() if number == AVERAGE}
    set_limits(model, average)
    shift_biases(model, evidence.shifts)
    out = [name for name, number in choice.items() if number is None]
    remove_fake_quantize(model, out, whole_blocks=False)
    left = [
        replace(one, limits=average.get(one.name, one.limits)) for one in done.quantizers if one.name not in set(out)
    ]
    plan = done.plan.back_in_float(_reasons(evidence), out)
    return replace(done, plan=plan, quantizers=tuple(left))


def _reasons(evidence: Evidence) -> dict[str, str]:
    """Why the outputs want operations in float, by operation."""
    return {
        operation: f"stays in float: in INT8 it brought {share:.0%} of the error of the outputs"
        for unit, share in reversed(evidence.in_float)  # what was found out first counts
        for operation in unit.operations
    }


__all__ = ["Decided", "EvidenceSettings", "decide_by_outputs"]

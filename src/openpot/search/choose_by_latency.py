"""Chooses what stays in float by measured times and measured errors (``optimize_for="latency"``).

Operations are timed in float and in INT8 by the device's own counters, in turns; units alone are measured in a trial
graph. From both follows the curve of :mod:`openpot.search.latency_curve`, on which latencies of a few whole models are
measured. The fastest model within the output error is taken, or the most precise one that is fast enough; it is made,
and both its error and its latency are measured, before it counts.

Another run, on another day or machine, may decide otherwise; the same recorded times decide the same.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from openpot.algorithms.min_max import MinMaxResult
from openpot.config.algorithms import OutputErrorLimit
from openpot.config.latency_goal import LatencyGoal
from openpot.errors import OpenPotWarning
from openpot.graph.model import CompressedModel
from openpot.graph.model_digest import model_digest
from openpot.graph.operation_kinds import MAC_OPERATIONS
from openpot.journal import hash_parts
from openpot.measure.operation_times import sum_time, time_side_by_side
from openpot.measure.recorded_times import RecordedTimes
from openpot.measure.speed import Latency, Ratio, measure_latencies
from openpot.placement.plan import QuantizerKind
from openpot.search.apply_decision import select_reachable_shifts
from openpot.search.evidence import Evidence
from openpot.search.latency_curve import (
    LatencyCurve,
    UnitCosts,
    add_measurement,
    choose_count,
    is_too_noisy,
    make_points,
)
from openpot.search.quantized_variant import QuantizedVariant, shift_layers
from openpot.search.repair import Repair
from openpot.search.trial import Trial
from openpot.search.trial_subject import QUANTIZED, TrialSubject
from openpot.search.unit_errors import UnitErrors
from openpot.search.units import Unit, switch_off
from openpot.trial.float_outputs import FloatOutputs
from openpot.typing_aliases import Array

TIMED_SAMPLES = 4
SECONDS_OF_PROFILING = 2.0
SECONDS_A_MODEL = 1.0
ROUNDS = 5
"""How many models are made at most before one counts."""
CLEARLY_SMALLER = 0.95
"""The error that a model may be predicted to have shrinks by this at least where the last one was above the limit."""


@dataclass(frozen=True, eq=False)
class LatencyChoice:
    """The model, the record of its quantizers, what the outputs say about it, and the curve it was chosen from."""

    model: CompressedModel
    min_max: MinMaxResult
    evidence: Evidence
    curve: LatencyCurve


@dataclass(frozen=True, eq=False)
class _Made:
    """A model of the curve: how many units are in INT8, its bias shifts, and its measured error."""

    count: int
    model: CompressedModel
    shifts: Mapping[str, Array]
    error: float


class LatencySearch:
    """The search on one model.

    Args:
        variant: the model with everything in INT8 that can be.
        feeds: inputs of a few samples.
        limit: the error of the outputs that is allowed.
        goal: how fast it should be.
        device: where it is timed.

    Raises:
        FileError: recorded times are those of another model.
        ModelError: a model cannot be compiled.
        EngineError: an inference failed.
    """

    def __init__(
        self,
        variant: QuantizedVariant,
        outputs: FloatOutputs,
        limit: OutputErrorLimit,
        goal: LatencyGoal,
        device: str,
    ) -> None:
        self._variant, self._goal, self._device = variant, goal, device
        self._feeds = outputs.feeds[:TIMED_SAMPLES]
        self._reference = variant.reference.members[0].model
        self._times = RecordedTimes(goal.times, model_digest(self._reference))
        names = [record.name for record in variant.switchable]
        self._choice = dict.fromkeys(names, QUANTIZED)
        self._units = tuple(unit for unit in variant.units if self._choice.keys() >= {*unit.quantizers})
        self._subject = _make_subject(variant)
        self._trial = Trial(self._subject, outputs, names)
        self._seconds = 0.0  # of the float model
        shifts = {name: shift for name, shift in variant.shifts.items() if name in self._trial.layers}
        self._error = self._trial.measure_error(self._choice, shifts)
        self._max_error = self._find_limit(limit)

    def run(self, evidence: Evidence) -> LatencyChoice:
        """Choose a model; ``evidence`` is what is known about the one with everything in INT8."""
        (in_int8,) = self._time([()])
        fp32_seconds = self._seconds = in_int8.fp32_seconds
        is_noisy = is_too_noisy(in_int8.ratio)
        costs = self._measure_costs(by_work=is_noisy)
        measured = self._time_counts(costs, costs.choose_anchors())
        max_seconds = self._goal.to_seconds(fp32_seconds)
        is_slack = max_seconds is None or max_seconds >= fp32_seconds  # the float model keeps it: what is fastest?
        made = self._choose(costs, measured, None if is_slack else max_seconds)
        points = make_points(costs, costs.predict_seconds(measured), [made.count])
        chosen = [point.in_int8 for point in points].index(made.count)
        neighbours = [point.in_int8 for point in points[max(0, chosen - 1) : chosen + 2]]
        for count, seconds in self._time_counts(costs, neighbours).items():
            points = add_measurement(points, count, ms=1000 * seconds)
        points = add_measurement(points, made.count, error=made.error)
        self._times.save()
        max_error = None if math.isinf(self._max_error) else self._max_error
        max_ms = None if max_seconds is None else 1000 * max_seconds
        decided_by = "work" if is_noisy else "time"
        curve = LatencyCurve(points, chosen, 1000 * fp32_seconds, decided_by, max_error, max_ms)
        if is_noisy:
            warnings.warn(_explain_noise(in_int8.ratio), OpenPotWarning, stacklevel=2)
        return self._conclude(costs, made, curve, evidence)

    def _find_limit(self, limit: OutputErrorLimit) -> float:
        if limit is None:
            return math.inf
        if limit != "auto":
            return float(limit)
        return self._trial.choose_budget(self._error)

    def _measure_costs(self, by_work: bool) -> UnitCosts:
        """Gains and squared errors of all units; where times say nothing, work stands for the gain."""
        units = self._units
        squares = UnitErrors(self._trial).measure_each(units, self._choice)
        work = np.array([unit.work for unit in units], np.float64)
        gains = work if by_work else self._measure_gains()
        total = self._error**2
        if np.isinf(squares).any() or not squares.sum():
            squares = np.where(np.isinf(squares), 1.0, 0.0) if squares.sum() else work
        return UnitCosts(units, gains, squares * (total / max(float(squares.sum()), np.finfo(np.float64).tiny)))

    def _measure_gains(self) -> Array:
        """Seconds that each unit is faster in INT8, by the counters of the device."""
        variant = self._variant
        multiplying = {node.name for node in variant.reference.snapshot().nodes_of_type(*MAC_OPERATIONS)}
        units = {f"unit {hash_parts(unit.quantizers)} {unit.operations[:1]}": unit for unit in self._units}

        def measure(names: Sequence[str]) -> list[list[float]]:
            models = (self._reference, variant.model.members[0].model)
            in_float, in_int8 = time_side_by_side(models, self._feeds, SECONDS_OF_PROFILING, self._device, True)
            return [
                [
                    sum_time(in_float, units[name].operations, multiplying) / len(self._feeds),
                    sum_time(in_int8, (*units[name].operations, *units[name].quantizers), multiplying)
                    / len(self._feeds),
                ]
                for name in names
            ]

        rows = np.array(self._times.recall(list(units), measure), np.float64).reshape(-1, 2)
        return np.asarray(rows[:, 0] - rows[:, 1])

    def _time_counts(self, costs: UnitCosts, counts: Sequence[int]) -> dict[int, float]:
        """Latency with the first units of the order in INT8, in seconds, by their number."""
        timed = self._time([costs.in_float(count) for count in counts])
        return {count: self._seconds / each.ratio.median for count, each in zip(counts, timed, strict=True)}

    def _time(self, sets: Sequence[Sequence[Unit]]) -> list[Latency]:
        """Times of the models with these units in float, in turns with the float model."""
        in_float = {
            f"model {hash_parts(sorted(name for unit in units for name in unit.quantizers))}": units for units in sets
        }

        def measure(names: Sequence[str]) -> list[list[float]]:
            models = [self._variant.copy_with_reverted(in_float[name]).members[0].model for name in names]
            seconds = SECONDS_A_MODEL * len(models)
            timed = measure_latencies(self._reference, models, self._feeds, seconds, self._device)
            return [[each.fp32_seconds, each.ratio.median, each.ratio.lower, each.ratio.upper] for each in timed]

        return [Latency(row[0], Ratio(*row[1:])) for row in self._times.recall(list(in_float), measure)]

    def _choose(self, costs: UnitCosts, measured: dict[int, float], max_seconds: float | None) -> _Made:
        """A model that keeps the limits as measured, or what comes closest; adds latencies to ``measured``."""
        made: dict[int, _Made] = {}
        allowed = self._max_error
        for _ in range(ROUNDS):
            count, _ = choose_count(costs.errors, costs.predict_seconds(measured), allowed, max_seconds)
            if count not in made:
                made[count] = self._make(costs, count)
            error = made[count].error
            if error > self._max_error and count > 0:
                allowed = min(allowed, float(costs.errors[count])) * min(self._max_error / error, CLEARLY_SMALLER)
                continue
            if max_seconds is None or count in measured:
                return made[count]
            measured |= self._time_counts(costs, [count])
            if measured[count] <= max_seconds:
                return made[count]
        return min(made.values(), key=lambda model: (max(model.error, self._max_error), -model.count))

    def _make(self, costs: UnitCosts, count: int) -> _Made:
        units = costs.in_float(count)
        model, choice = self._variant.copy_with_reverted(units), switch_off(self._choice, units)
        reverted = {operation for unit in units for operation in unit.operations}
        present = {name: shift for name, shift in self._variant.shifts.items() if name not in reverted}
        fitted, error = self._trial.try_shifts(choice)
        known = {name: shift for name, shift in present.items() if name in self._trial.layers}
        shifts: Mapping[str, Array] = present
        if error < self._trial.measure_error(choice, known):
            shifts = select_reachable_shifts(self._subject, choice, fitted)
            shift_layers(model, _subtract(shifts, present))
        return _Made(count, model, shifts, self._trial.measure_model_error(model.members[0].model))

    def _conclude(self, costs: UnitCosts, made: _Made, curve: LatencyCurve, evidence: Evidence) -> LatencyChoice:
        """The result, with a reason for everything that stays in float."""
        total = max(self._error**2, np.finfo(np.float64).tiny)
        numbers = sorted(costs.order[made.count :])
        reasons = {
            operation: _explain(curve, float(costs.squares[number]) / total, float(costs.gains[number]))
            for number in numbers
            for operation in costs.units[number].operations
        }
        units = costs.in_float(made.count)
        min_max = self._variant.record_with_reverted(units).revert_to_float(reasons, ())
        shares = tuple((costs.units[number], float(costs.squares[number]) / total) for number in numbers)
        repair = Repair(shares, switch_off(self._choice, units), made.shifts, made.error, 0.0)
        evidence = replace(
            evidence,
            error=made.error,
            shifts=made.shifts,
            repair=repair if shares else None,
            budget=curve.max_error,
            inferences=evidence.inferences + self._trial.inferences,
        )
        return LatencyChoice(made.model, min_max, evidence, curve)


def _make_subject(variant: QuantizedVariant) -> TrialSubject:
    records = variant.switchable
    limits = {record.name: (record.limits,) for record in records if record.planned.kind != QuantizerKind.WEIGHTS}
    reference, quantized = variant.reference.members[0].model, variant.model.members[0].model
    return TrialSubject(reference, quantized, [record.planned for record in records], limits)


def _subtract(new: Mapping[str, Array], old: Mapping[str, Array]) -> dict[str, Array]:
    """By how much shifts of layers change; a layer that one of them lacks has none there."""
    names = sorted(new.keys() | old.keys())
    return {name: np.asarray(new.get(name, 0.0)) - np.asarray(old.get(name, 0.0)) for name in names}


def _explain(curve: LatencyCurve, share: float, gain: float) -> str:
    if gain <= 0 and curve.decided_by == "time":
        return "stays in float: INT8 is not faster on this machine"
    return f"stays in float: in INT8 it brought {share:.0%} of the squared error of the outputs"


def _explain_noise(ratio: Ratio) -> str:
    return (
        f"times are too noisy to decide by: INT8 was {ratio.lower:.2f} to {ratio.upper:.2f} times as fast as FP32 from "
        "turn to turn; operations are chosen by their multiplications instead"
    )

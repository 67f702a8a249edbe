"""Operations reverted to float until the model that results is within the budget, as the device really runs it.

The trial graph computes in float what the device computes in integers. Where the result is further from the float model
than the trial said, the repair goes on with a smaller budget. A repair that makes nothing better is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from openpot.algorithms.min_max import MinMaxResult
from openpot.graph.revisions import snapshot_graphs
from openpot.search.apply_decision import apply_decision, select_reachable_shifts
from openpot.search.evidence import Evidence
from openpot.search.repair import Repair, repair
from openpot.search.trial import Trial
from openpot.search.trial_subject import IN_FLOAT, QUANTIZED, Choice, TrialSubject
from openpot.search.unit_errors import UnitErrors
from openpot.search.units import Unit, find_units
from openpot.search.weight_storage import choose_storage

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel

ROUNDS = 3
"""How often operations are reverted at most, each time for a smaller budget."""

WEIGHTS_AT_FAULT = 0.7
"""If weights alone take more than this share of the budget, weights can be reverted as well, not only activations."""


@dataclass(frozen=True, eq=False)
class RepairOutcome:
    """The choice and what is known about it, and a warning if the budget was missed."""

    choice: Choice
    evidence: Evidence
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class MeasuredRepair:
    """What is repaired.

    Attributes:
        subject: the models.
        trial: the models under trial.
        model: the quantized model; it is not changed.
        quantized: its quantizers.
        target_device: what it is for.
    """

    subject: TrialSubject
    trial: Trial
    model: CompressedModel
    quantized: MinMaxResult
    target_device: str

    def run(self, choice: Choice, evidence: Evidence, budget: float) -> RepairOutcome:
        """Revert operations to float.

        Args:
            choice: what acts now.
            evidence: what is known about it; its error is above the budget.
            budget: what the error of the worst output may be.

        Raises:
            ModelError: a model cannot be compiled.
            EngineError: an inference failed.
        """
        units, aim = self._make_switchable(with_weights=False), budget
        unit_errors, with_weights = UnitErrors(self.trial), False
        for _ in range(ROUNDS):
            if not with_weights and self._are_weights_at_fault(choice, aim):
                units = self._make_switchable(with_weights=True)
                unit_errors, with_weights = UnitErrors(self.trial), True
            attempt = self._attempt(unit_errors, units, choice, evidence, aim)
            repaired = replace(evidence, error=attempt.error, shifts=attempt.shifts, repair=attempt)
            measured = self._measure(attempt.choice, repaired, budget)
            if measured <= budget or set(attempt.choice.values()) == {IN_FLOAT} or attempt.error <= attempt.floor:
                break
            aim = max(attempt.error, attempt.floor) * budget / measured
        if measured <= budget:
            return RepairOutcome(attempt.choice, repaired)
        unrepaired = self._measure(choice, evidence, budget)
        if measured >= unrepaired:
            return RepairOutcome(choice, evidence, (self._explain_missed_budget(unrepaired, budget),))
        return RepairOutcome(attempt.choice, repaired, (self._explain_missed_budget(measured, budget),))

    def _make_switchable(self, with_weights: bool) -> list[Unit]:
        """Let activations be switchable, and weights of convolutions; other weights only if they are to be reverted.

        The graph would hold them twice, and large models consist of them.
        """
        units = find_subject_units(self.subject, self.target_device, with_weights)
        self.trial.recompile({*self.subject.candidates, *(name for unit in units for name in unit.quantizers)})
        return units

    def _are_weights_at_fault(self, choice: Choice, aim: float) -> bool:
        """Whether weights alone take most of the error that is aimed at."""
        _, floor = self.trial.try_shifts(dict.fromkeys(choice, IN_FLOAT))
        return floor > WEIGHTS_AT_FAULT * aim

    def _attempt(
        self, unit_errors: UnitErrors, units: Sequence[Unit], choice: Choice, evidence: Evidence, aim: float
    ) -> Repair:
        weights = [name for unit in units for name in unit.quantizers if name in self.trial.weights]
        start = {**dict.fromkeys(weights, QUANTIZED), **choice}
        return repair(unit_errors, units, start, evidence.shifts, evidence.error, aim)

    def _measure(self, choice: Choice, evidence: Evidence, budget: float) -> float:
        """The error of the model that this decision makes, on the samples that nothing was fitted on."""
        candidate = self.model.copy()
        shifts = select_reachable_shifts(self.subject, choice, evidence.shifts)
        apply_decision(candidate, self.quantized, choice, replace(evidence, shifts=shifts))
        return choose_storage(candidate, self.trial.measure_model_error, evidence.error, budget)

    def _explain_missed_budget(self, error: float, budget: float) -> str:
        return (
            f"the output error is {error:.3f} on {self.trial.num_validation_samples} held-out calibration samples, "
            f"above max_output_error {budget:.3f}, and no more operations in float bring it down: look at the data, or "
            "allow a larger error"
        )


def find_subject_units(subject: TrialSubject, target_device: str, with_weights: bool = False) -> list[Unit]:
    """What can be reverted to float, in topological order (:func:`openpot.search.units.find_units`)."""
    original, quantized = (snapshot_graphs(model)[""] for model in (subject.reference, subject.quantized))
    return find_units(original, quantized, subject.quantizers, target_device, with_weights=with_weights)

"""Which operations lose most when they are quantized: each alone, and what is left if it alone stays in float.

One trial graph, compiled once, answers for all of them: quantizers are switched, nothing is compiled again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpot.placement.plan import QuantizerKind
from openpot.search.measured_repair import find_subject_units
from openpot.search.trial import Trial
from openpot.search.trial_subject import WIDEST, Choice, TrialSubject
from openpot.search.units import switch_off
from openpot.trial.float_outputs import FloatOutputs
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.algorithms.min_max import MinMaxResult
    from openpot.graph.types import Model
    from openpot.progress import Progress


@dataclass(frozen=True)
class UnitSensitivity:
    """What quantizing some operations does, which are in INT8 together or not at all.

    Attributes:
        operations: their names.
        alone: output error with only these in INT8.
        without: output error with all others in INT8.
        work_share: their share of the multiplications.
    """

    operations: tuple[str, ...]
    alone: float
    without: float
    work_share: float


@dataclass(frozen=True)
class ModelSensitivity:
    """The units of a model, those first that alone lose most.

    Attributes:
        units: all of them.
        error: output error with everything in INT8.
        samples: how many samples the errors were measured on.
    """

    units: tuple[UnitSensitivity, ...]
    error: float
    samples: int


def measure_sensitivity(
    reference: Model,
    quantized: Model,
    min_max: MinMaxResult,
    feeds: Sequence[dict[int, Array]],
    target_device: str,
    progress: Progress,
) -> ModelSensitivity:
    """Switch every unit of a quantized model on and off, with the widest ranges and unshifted biases.

    Args:
        reference: the float model.
        quantized: the same with FakeQuantize operations.
        min_max: its quantizers.
        feeds: inputs of at least three samples; errors are measured on those that validate.
        target_device: what the quantizers were placed for.
        progress: is informed.

    Raises:
        ModelError: the trial graph cannot be built or compiled.
        EngineError: an inference failed.
    """
    limits = {
        record.name: (record.limits,) for record in min_max.quantizers if record.planned.kind != QuantizerKind.WEIGHTS
    }
    subject = TrialSubject(reference, quantized, [record.planned for record in min_max.quantizers], limits)
    units = find_subject_units(subject, target_device, with_weights=True)
    names = [name for unit in units for name in unit.quantizers]
    trial = Trial(subject, FloatOutputs(reference, feeds), names)
    everything: Choice = dict.fromkeys(names, WIDEST)
    total = sum(unit.work for unit in units)
    progress.start("quantizing each operation alone, and all others", len(units))
    alone = [switch_off(everything, [other for other in units if other is not unit]) for unit in units]
    without = [switch_off(everything, [unit]) for unit in units]
    errors = trial.measure_errors([(choice, {}) for pair in zip(alone, without, strict=True) for choice in pair])
    measured = []
    for unit in units:
        measured.append(UnitSensitivity(unit.operations, next(errors), next(errors), unit.work / total))
        progress.advance()
    progress.finish()
    ranked = sorted(measured, key=lambda entry: -entry.alone)
    return ModelSensitivity(tuple(ranked), trial.measure_error(everything, {}), trial.num_validation_samples)

"""What is found out about a finished model beside its float original; nothing here is needed for the model itself."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING

from openpot.errors import OpenPotError, OpenPotWarning
from openpot.graph.node_attributes import copy_as_saved
from openpot.inference.inputs_digest import hash_inputs
from openpot.measure.output_distance import Comparison, find_worst_error
from openpot.measure.side_by_side import SideBySide, compare_side_by_side, load_inputs
from openpot.optional_stage import optional_stage
from openpot.placement.plan import QuantizationPlan
from openpot.report.layers import describe_layers
from openpot.report.records import LayerRecord
from openpot.search.evidence import Evidence
from openpot.trial.output_error import measure_output_error

if TYPE_CHECKING:
    from openpot.api.calibrated_model import CalibratedModel
    from openpot.api.split_data import SplitData
    from openpot.data.loader import DataLoader
    from openpot.graph.types import Model
    from openpot.typing_aliases import Array

EVIDENCE_SAMPLES = 64


def compare_with_source(
    source: Model,
    result: Model,
    loader: DataLoader,
    used: Iterable[int],
    target_device: str,
    evidence: Evidence | None = None,
    times: bool = True,
) -> SideBySide:
    """Run both models on samples, first of all on those that nothing was computed from.

    Where a search kept the error within its budget on the samples that it decided by, and all samples together say
    otherwise, a warning says so.

    Args:
        source: the float model.
        result: the quantized one.
        loader: the data.
        used: numbers of the samples that the result rests on.
        target_device: what the result is for.
        evidence: what the search that made the result found out.
        times: whether to run both models as users do, and time them.
    """
    inputs, held_out = _load_inputs(source, loader, tuple(used))
    if not inputs:
        return SideBySide(None, (), None)
    seen = compare_side_by_side(copy_as_saved(source), result, inputs, target_device, times)
    if evidence is not None and _is_seemingly_above_budget(seen, evidence):
        with suppress(OpenPotError):  # a tensor that stands for an output is not in the result any more
            _warn_if_above_budget(measure_output_error(source, result, inputs), evidence, len(inputs))
    return replace(seen, held_out=held_out, inputs_digest=hash_inputs(inputs))


def _is_seemingly_above_budget(seen: SideBySide, evidence: Evidence) -> bool:
    """Whether the outputs are further off than the search said; it may have judged the tensors before them."""
    by_value = [distance for distance in seen.output_distances if distance.comparison is Comparison.VALUES]
    return evidence.budget is not None and evidence.error <= evidence.budget < find_worst_error(by_value)


def _warn_if_above_budget(error: float, evidence: Evidence, samples: int) -> None:
    if evidence.budget is not None and error > evidence.budget:
        warnings.warn(
            f"the output error {evidence.judged_at} is {error:.3f} on {samples} samples, above max_output_error "
            f"{evidence.budget:.3f}; on the {evidence.validation_samples} that decided it was {evidence.error:.3f}: "
            "calibrate with more samples, or allow a larger error",
            OpenPotWarning,
            stacklevel=4,
        )


def _load_inputs(source: Model, loader: DataLoader, used: tuple[int, ...]) -> tuple[list[dict[int, Array]], int | None]:
    """What both models are run on, and how much of it the result does not rest on; None for steps of sequences."""
    with optional_stage("loading samples for the comparison", "Those that calibrated are compared"):
        chosen = choose_evidence_samples(len(loader), used)
        inputs = load_inputs(source, loader, chosen)
        held_out = len(set(chosen[: len(inputs)]) - set(used))
        return inputs, held_out if len(inputs) <= len(chosen) else None
    with optional_stage("loading the calibration samples again", "Nothing is compared"):
        return load_inputs(source, loader, used[:EVIDENCE_SAMPLES]), 0
    return [], None


def choose_compared(
    samples: SplitData, sequences: DataLoader, made: CalibratedModel
) -> tuple[DataLoader, tuple[int, ...]]:
    """The samples that the outputs are compared on, and the numbers of those that the result rests on."""
    if sequences is not samples.calibration:
        return sequences, () if made.search is not None else made.samples
    used = tuple(range(len(sequences))) if made.search is not None else made.samples
    return samples.whole, samples.find_in_whole(used)


def choose_evidence_samples(available: int, used: Iterable[int]) -> list[int]:
    """Which samples validate the result: those that it does not rest on come first."""
    rested_on = set(used)
    others = (index for index in range(available) if index not in rested_on)
    # Without a look at every number: a data set that makes its samples may have any length.
    return list(islice(chain(others, sorted(rested_on)), EVIDENCE_SAMPLES))


def list_layers(plan: QuantizationPlan, seen: SideBySide) -> tuple[LayerRecord, ...]:
    """What became of each layer; without what the device runs if that cannot be assigned to them."""
    with optional_stage("naming the layers that the device runs", "Only the plan is reported"):
        return describe_layers(plan, seen.executed, seen.work)
    return describe_layers(plan, None)

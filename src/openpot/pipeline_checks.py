"""What a pipeline logs at WARNING about its result: how little of it is INT8, and what the device computes wrongly."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from openpot.algorithms.min_max import MinMaxResult
from openpot.engine.direct_engine import find_direct_engine
from openpot.measure.performance_hints import SettingsCheck
from openpot.measure.planned_share import PlannedShare, find_planned_share
from openpot.measure.side_by_side import find_device_for, load_inputs
from openpot.optional_stage import optional_stage
from openpot.search.quantized_variant import make_saved_form
from openpot.search.runtime_faults import CHECKED_SAMPLES, CHECKED_STEPS, RuntimeFaults

if TYPE_CHECKING:
    from openpot.algorithms.base import Algorithm
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel
    from openpot.placement.plan import QuantizationPlan

logger = logging.getLogger(__name__)

MUCH = 0.5
"""With a smaller share of the multiplications in INT8 most of the speed is not gained: users have to know."""
SHOWN_REASONS = 3
CHECKED_SETTINGS = ("LATENCY", "THROUGHPUT")
"""The performance hints that most users set. Faults are only reported here, so no other setting is checked."""
REMEDY = "openpot.quantize finds the operations that have to stay in float for that; name them in 'ignored'"


def warn_about_result(
    original: CompressedModel, model: CompressedModel, algorithms: Iterable[Algorithm], engine: Engine | None
) -> None:
    """Log what the user of a quantized model has to know; nothing if no algorithm quantized.

    Args:
        original: the model before the pipeline.
        model: what the pipeline made of it.
        algorithms: those of the pipeline, after they ran.
        engine: that of the pipeline.
    """
    quantizing = [(algorithm, plan) for algorithm in algorithms if (plan := find_plan(algorithm.result)) is not None]
    if not quantizing:
        return
    algorithm, plan = quantizing[-1]
    with optional_stage("counting the multiplications", "How much of the model is INT8 is not known"):
        share = find_planned_share(plan, [member.model for member in model.members])
        if share is not None and share.in_int8 < MUCH:
            logger.warning(describe_small_share(share))
    with optional_stage("running the result with performance hints", "Whether it is right with them is not known"):
        faults = _find_runtime_faults(original, model, algorithm, plan, engine)
        if faults is not None:
            logger.warning("%s. %s", faults.fault, REMEDY)


def describe_small_share(share: PlannedShare) -> str:
    """The share in INT8, and the reasons for the largest others, in one sentence."""
    largest = list(share.in_float.items())[:SHOWN_REASONS]
    reasons = [f"{part:.1%} ({reason.removeprefix('stays in float: ')})" for reason, part in largest]
    if len(share.in_float) > len(largest):
        reasons.append(f"others for {len(share.in_float) - len(largest)} more reasons")
    return f"only {share.in_int8:.1%} of the multiplications are in INT8, in float stay: {', '.join(reasons)}"


def find_plan(result: object) -> QuantizationPlan | None:
    """The plan in the record of an algorithm: of its own quantizers, or of those of the algorithm that it led."""
    while result is not None and not isinstance(result, MinMaxResult):
        result = getattr(result, "min_max", None) or getattr(result, "quantization", None)
    return None if result is None else result.plan


def _find_runtime_faults(
    original: CompressedModel,
    model: CompressedModel,
    algorithm: Algorithm,
    plan: QuantizationPlan,
    engine: Engine | None,
) -> RuntimeFaults | None:
    """What the device of this machine computes wrongly of the model as it is saved; None where that cannot be asked."""
    device, subset = find_device_for(plan.target_device), algorithm.calibration_subset()
    direct = find_direct_engine(engine, model)
    if device is None or direct is None or subset is None or not plan.quantizers:
        return None
    source = original.members[0].model
    samples = subset.choose_samples(direct)[:CHECKED_SAMPLES]
    feeds = load_inputs(source, direct.data_loader, samples, settings=direct.inference_settings)
    evidence = getattr(algorithm.result, "evidence", None)
    check = SettingsCheck(source, feeds[:CHECKED_STEPS], device, 0.0 if evidence is None else evidence.error)
    far = check.find_far(make_saved_form(model), CHECKED_SETTINGS)
    return RuntimeFaults(far) if far else None

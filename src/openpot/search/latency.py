"""Reverts operations to float that INT8 makes slower on this machine, by measured times (``optimize_for="latency"``).

Whether INT8 pays depends on the kernels of the device: a convolution of one input channel can take twice as long, an
operation with little work pays more for quantizing its input than it gains. Both models are timed in turns, operation
by operation; units that take clearly longer in INT8 are reverted, all of them or the worst one, if the model as a whole
is faster for it beyond doubt. If it is still slower than FP32 beyond doubt, everything is reverted.

Another run, on another day or machine, may decide otherwise; so this is only done if the user asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openpot.algorithms.min_max import MinMaxResult
from openpot.graph.model import CompressedModel
from openpot.graph.operation_kinds import MAC_OPERATIONS
from openpot.measure.operation_times import sum_time, time_side_by_side
from openpot.measure.speed import Ratio, measure_latency
from openpot.search.quantized_variant import QuantizedVariant
from openpot.search.units import Unit, list_operations
from openpot.typing_aliases import Array

PROFILED_SAMPLES = 4
SECONDS_OF_PROFILING = 2.0
SECONDS_OF_TIMING = 2.0
CLEARLY = 1.15
"""Units that take so many times as long in INT8 are slow: less is noise, or what neighbours in float would cost."""


@dataclass(frozen=True)
class SlowUnit:
    """A unit that INT8 makes slower: seconds of its operations in INT8 and in float, over the same samples."""

    unit: Unit
    int8: float
    fp32: float

    @property
    def reason(self) -> str:
        """In words, for the plan."""
        return f"stays in float: INT8 took {self.int8 / self.fp32:.2f} times as long on this machine"


@dataclass(frozen=True)
class LatencyResult:
    """What the measured times decided.

    Attributes:
        slow: units that were reverted to float, slowest first.
        gain: latency of the model with all of INT8 over that without the units that were tried last; None if none was.
        against_float: latency of FP32 over that of the result, as measured before the last decision.
        is_float: whether everything was reverted to float, because INT8 was slower all the same.
    """

    slow: tuple[SlowUnit, ...]
    gain: Ratio | None
    against_float: Ratio
    is_float: bool = False


@dataclass(frozen=True, eq=False)
class LatencyDecision:
    """The model without what INT8 makes slower, the record of its quantizers, and what was measured."""

    model: CompressedModel
    min_max: MinMaxResult
    result: LatencyResult


def decide_by_latency(variant: QuantizedVariant, feeds: Sequence[Mapping[int, Array]], device: str) -> LatencyResult:
    """Decide what is reverted to float for the sake of latency; the variant itself is not changed.

    Args:
        variant: a single model.
        feeds: inputs of a few samples.
        device: where it is timed.

    Raises:
        ModelError: a model cannot be compiled.
        EngineError: an inference failed.
    """
    reference, int8 = variant.reference.members[0].model, variant.model.members[0].model
    slow = find_slow_units(variant, feeds[:PROFILED_SAMPLES], device)
    reverted: tuple[SlowUnit, ...] = ()
    gain, best = None, int8
    for chosen in dict.fromkeys(units for units in (slow, slow[:1]) if units):
        candidate = variant.copy_with_reverted([slow_unit.unit for slow_unit in chosen]).members[0].model
        gain = measure_latency(int8, candidate, feeds, SECONDS_OF_TIMING, device)
        if gain.lower > 1:
            reverted, best = chosen, candidate
            break
    against_float = measure_latency(reference, best, feeds, SECONDS_OF_TIMING, device)
    return LatencyResult(reverted, gain, against_float, is_float=against_float.upper < 1)


def revert_slow_units(variant: QuantizedVariant, feeds: Sequence[Mapping[int, Array]], device: str) -> LatencyDecision:
    """The variant without what INT8 makes slower; arguments as in :func:`decide_by_latency`."""
    result = decide_by_latency(variant, feeds, device)
    units = variant.units if result.is_float else tuple(slow_unit.unit for slow_unit in result.slow)
    if not units:
        return LatencyDecision(variant.model, variant.min_max, result)
    speed = f"{result.against_float.median:.2f} times as fast as FP32 on this machine"
    slower = f"stays in float: the model as a whole was {speed}"
    reasons = dict.fromkeys(list_operations(units), slower) if result.is_float else {}
    for slow_unit in result.slow:
        reasons |= dict.fromkeys(slow_unit.unit.operations, slow_unit.reason)
    min_max = variant.record_with_reverted(units).revert_to_float(reasons, ())
    return LatencyDecision(variant.copy_with_reverted(units), min_max, result)


def find_slow_units(
    variant: QuantizedVariant, feeds: Sequence[Mapping[int, Array]], device: str
) -> tuple[SlowUnit, ...]:
    """The units whose operations take longer in INT8 than in float, those first that lose most."""
    reference, int8 = variant.reference.members[0].model, variant.model.members[0].model
    in_float, in_int8 = time_side_by_side((reference, int8), feeds, SECONDS_OF_PROFILING, device)
    multiplying = {node.name for node in variant.reference.snapshot().nodes_of_type(*MAC_OPERATIONS)}
    slow = []
    for unit in variant.units:
        fp32 = sum_time(in_float, unit.operations, multiplying)
        both = sum_time(in_int8, (*unit.operations, *unit.quantizers), multiplying)
        if 0 < CLEARLY * fp32 < both:
            slow.append(SlowUnit(unit, both, fp32))
    return tuple(sorted(slow, key=lambda slow_unit: slow_unit.fp32 - slow_unit.int8))

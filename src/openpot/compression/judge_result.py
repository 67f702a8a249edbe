"""What is found out about a compressed model beside its source, on samples that had no part in making it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from openpot.graph.edit import set_metadata
from openpot.measure.held_out_loss import AS_USERS_RUN, HeldOutLoss, LossMeter
from openpot.measure.speed import SpeedResult, measure_speedup
from openpot.optional_stage import optional_stage

if TYPE_CHECKING:
    from openpot.graph.types import Model
    from openpot.progress import Progress
    from openpot.typing_aliases import Array

SECONDS_OF_TIMING = 4.0
"""About how long both models are timed; with 0 they are not."""
TIMED_SAMPLES = 8
TWICE = 2.0
RUNTIME_OPTIONS = "runtime_options"
"""Where the runtime looks for properties that a model brings along."""
NO_DYNAMIC_QUANTIZATION = {"DYNAMIC_QUANTIZATION_GROUP_SIZE": "0"}


@dataclass(frozen=True)
class Judgement:
    """What was measured; None where it was not.

    Attributes:
        loss: in exact arithmetic.
        loss_as_run: with the runtime's own choice of precision and of dynamic quantization.
        speed: of the compressed model against its source.
        switched_off: what the runtime's own settings lost before dynamic quantization was switched off in the model,
            because most of that was its doing; None if it is as it was.
    """

    loss: HeldOutLoss | None = None
    loss_as_run: HeldOutLoss | None = None
    speed: SpeedResult | None = None
    switched_off: HeldOutLoss | None = None

    @property
    def agreement(self) -> float | None:
        """Share of positions where both rank the same token first; None for models that predict no tokens."""
        if self.loss is None or self.loss.agreement is None:
            return None
        return self.loss.agreement.value

    @property
    def is_lost(self) -> bool:
        """Whether an output is as far from that of the source as its mean over all samples is."""
        error = None if self.loss is None else self.loss.output_error
        return error is not None and error.value >= 1

    @property
    def loses_as_run(self) -> bool:
        """Whether the runtime's own settings more than double the loss, beyond what chance explains."""
        return is_doubled(self.loss, self.loss_as_run)


def is_doubled(before: HeldOutLoss | None, after: HeldOutLoss | None) -> bool:
    """Whether the loss of ``after`` is more than twice that of ``before``, beyond what chance explains."""
    if before is None or after is None:
        return False
    first, second = (loss.divergence or loss.output_error for loss in (before, after))
    return first is not None and second is not None and second.low > TWICE * first.high


def judge(
    source: Model,
    result: Model,
    held_out: Sequence[Mapping[int, Array]],
    progress: Progress,
    may_switch_off: bool = False,
) -> Judgement:
    """Measure loss and speed; what cannot be measured is None, and a warning says why.

    Args:
        source: the original.
        result: the compressed model.
        held_out: samples that had no part in making it.
        progress: is told how the work goes on.
        may_switch_off: whether dynamic quantization may be switched off in ``result`` if it doubles the loss.
    """
    seen = Judgement()
    progress.start("measuring loss and speed", 3)
    try:
        with optional_stage("measuring the loss", "How far the outputs are from the source is not known"):
            meter = LossMeter(source, held_out)
            progress.advance()
            seen = Judgement(meter.measure(result))
            progress.advance()
            with optional_stage("running the result as users run it", "What the runtime's settings lose is not known"):
                seen = _judge_as_run(meter, result, seen, may_switch_off)
            progress.advance()
        if SECONDS_OF_TIMING:
            with optional_stage("timing the models", "Which one is faster is not known"):
                speed = measure_speedup(source, result, list(held_out[:TIMED_SAMPLES]), SECONDS_OF_TIMING, "CPU")
                seen = replace(seen, speed=speed)
    finally:
        progress.finish()
    return seen


def _judge_as_run(meter: LossMeter, result: Model, seen: Judgement, may_switch_off: bool) -> Judgement:
    """The runtime's own settings, and without dynamic quantization where these lose much."""
    seen = replace(seen, loss_as_run=meter.measure(result, AS_USERS_RUN))
    if not (may_switch_off and seen.loses_as_run):
        return seen
    without = meter.measure(result, {**AS_USERS_RUN, **NO_DYNAMIC_QUANTIZATION})
    if not is_doubled(without, seen.loss_as_run):
        return seen
    switch_off_dynamic_quantization(result)
    return replace(seen, loss_as_run=without, switched_off=seen.loss_as_run)


def switch_off_dynamic_quantization(model: Model) -> None:
    """Write into a model that the runtime is not to quantize the data of its products while it runs."""
    set_metadata(model, NO_DYNAMIC_QUANTIZATION, RUNTIME_OPTIONS)

"""What is found out about a compressed model beside its source, on samples that had no part in making it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

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


@dataclass(frozen=True)
class Judgement:
    """What was measured; None where it was not.

    Attributes:
        loss: in exact arithmetic.
        loss_as_run: with the runtime's own choice of precision and of dynamic quantization.
        speed: of the compressed model against its source.
    """

    loss: HeldOutLoss | None = None
    loss_as_run: HeldOutLoss | None = None
    speed: SpeedResult | None = None

    @property
    def agreement(self) -> float | None:
        """Share of positions where both rank the same token first; None for models that predict no tokens."""
        if self.loss is None or self.loss.agreement is None:
            return None
        return self.loss.agreement.value

    @property
    def loses_by_dynamic_quantization(self) -> bool:
        """Whether the runtime's own settings more than double the loss, beyond what chance explains."""
        if self.loss is None or self.loss_as_run is None:
            return False
        exact, run = (loss.divergence or loss.output_error for loss in (self.loss, self.loss_as_run))
        return exact is not None and run is not None and run.low > TWICE * exact.high


def judge(source: Model, result: Model, held_out: Sequence[Mapping[int, Array]], progress: Progress) -> Judgement:
    """Measure loss and speed; what cannot be measured is None, and a warning says why."""
    loss: HeldOutLoss | None = None
    loss_as_run: HeldOutLoss | None = None
    speed: SpeedResult | None = None
    progress.start("measuring loss and speed", 3)
    try:
        with optional_stage("measuring the loss", "How far the outputs are from the source is not known"):
            meter = LossMeter(source, held_out)
            progress.advance()
            loss = meter.measure(result)
            progress.advance()
            with optional_stage("running the result as users run it", "What the runtime's settings lose is not known"):
                loss_as_run = meter.measure(result, AS_USERS_RUN)
            progress.advance()
        if SECONDS_OF_TIMING:
            with optional_stage("timing the models", "Which one is faster is not known"):
                speed = measure_speedup(source, result, list(held_out[:TIMED_SAMPLES]), SECONDS_OF_TIMING, "CPU")
    finally:
        progress.finish()
    return Judgement(loss, loss_as_run, speed)

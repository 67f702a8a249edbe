"""One way to store the weights of a model, carried out: the model, its codes, and what it loses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpot.compression.compress_model import StoredChoice, make_prepared_copy, store_choices
from openpot.compression.judge_result import Judgement, judge, switch_off_dynamic_quantization
from openpot.compression.split_samples import SplitSamples, round_by_samples
from openpot.graph.read_back import read_back
from openpot.rewrites.compress_weights import compress_weights as store_compactly

if TYPE_CHECKING:
    from openpot.compression.decide_formats import FormatDecider, FormatDecision
    from openpot.config.weight_compression import WeightCompressionConfig
    from openpot.graph.types import Model
    from openpot.progress import Progress

ROUNDS = 3
"""Attempts to keep a limit on the loss: what is expected of single tensors does not quite add up."""
CAUTION = 0.9
"""Share of the limit that the next attempt aims at."""


@dataclass(frozen=True, eq=False)
class Attempt:
    """A compressed model.

    Attributes:
        model: as it would be saved.
        decision: what was stored how.
        stored: what that made of each tensor.
        used_samples: whether codes were chosen by samples.
        judgement: what held-out samples show.
    """

    model: Model
    decision: FormatDecision
    stored: tuple[StoredChoice, ...]
    used_samples: bool
    judgement: Judgement

    @property
    def loss(self) -> float | None:
        """What is lost in exact arithmetic; None if it was not measured."""
        return None if self.judgement.loss is None else self.judgement.loss.value

    def keeps(self, limit: float) -> bool:
        """Whether the loss was measured and is within a limit."""
        return self.loss is not None and self.loss <= limit

    def misses_target(self, config: WeightCompressionConfig) -> bool:
        """Whether the outputs or the tokens of the source are lost, or more is lost than ``config`` allows."""
        agreement = self.judgement.agreement
        if self.judgement.is_lost or (agreement is not None and agreement < config.min_agreement):
            return True
        return config.max_output_error is not None and not self.keeps(config.max_output_error)


def compress_and_judge(
    source: Model,
    decision: FormatDecision,
    samples: SplitSamples | None,
    config: WeightCompressionConfig,
    progress: Progress,
) -> Attempt:
    """Store weights as decided, and measure what that loses if there are samples.

    Raises:
        ModelError: a weight is not a finite number.
    """
    made = make_prepared_copy(source)
    codes = {} if samples is None else round_by_samples(made, decision.choices, samples, progress, config.is_sized)
    stored = store_choices(made, decision.choices, progress, codes)
    store_compactly(made)
    cannot_run = any(not entry.choice.weight_format.is_multiplied for entry in stored)
    if cannot_run or config.dynamic_quantization is False:
        switch_off_dynamic_quantization(made)
    may_switch_off = config.dynamic_quantization is None and not cannot_run
    result = read_back(made)
    judgement = Judgement() if samples is None else judge(source, result, samples.held_out, progress, may_switch_off)
    return Attempt(result, decision, stored, bool(codes), judgement)


def compress_within_limit(
    source: Model,
    decider: FormatDecider,
    samples: SplitSamples | None,
    config: WeightCompressionConfig,
    progress: Progress,
) -> Attempt:
    """Compress; where the loss is limited, again with more bits until the limit is kept, ``ROUNDS`` times at most."""
    attempt = compress_and_judge(source, decider.decide(), samples, config, progress)
    limit, expected = config.max_output_error, config.max_output_error
    for _ in range(ROUNDS - 1):
        loss = attempt.loss
        if limit is None or expected is None or loss is None or loss <= limit:
            break
        expected *= CAUTION * limit / loss
        decision = decider.decide(expected)
        if decision.choices == attempt.decision.choices:
            break
        attempt = compress_and_judge(source, decision, samples, config, progress)
    return attempt

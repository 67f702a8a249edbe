"""What a model lost against its source on held-out samples, with intervals: in exact arithmetic, and as users run it.

Models that predict tokens are judged by the divergence of their predictions and by how often the same token comes
first; all others by the error of their outputs as a share of the variation between samples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from openpot.graph.operation_kinds import FLOAT_TYPES
from openpot.graph.revisions import snapshot_graphs
from openpot.inference.compile import compile_model
from openpot.inference.feeds import Feed
from openpot.measure.compare_outputs import infer_outputs, make_accumulators
from openpot.measure.output_distance import DistanceAccumulator
from openpot.measure.output_variation import VariationAccumulator
from openpot.numerics.bootstrap import bootstrap_interval
from openpot.numerics.token_loss import compare_logits
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import CompiledModel, Model

AS_USERS_RUN: Mapping[str, object] = {}
"""The runtime's own choice of precision and of dynamic quantization."""


@dataclass(frozen=True)
class Estimate:
    """A mean over held-out samples, with the ends of its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class HeldOutLoss:
    """What was lost.

    Attributes:
        divergence: KL of the predicted tokens from those of the source, in nats; None for other outputs.
        agreement: share of positions at which the same token comes first; None for other outputs.
        output_error: error of the worst output as a share of its variation between samples; None for tokens, and where
            no output varies.
        samples: how many were compared.
        positions: predicted tokens among them; 0 for other outputs.
    """

    divergence: Estimate | None
    agreement: Estimate | None
    output_error: Estimate | None
    samples: int
    positions: int = 0

    @property
    def value(self) -> float | None:
        """One number: smaller is better, 0 is lossless; None if nothing can be said."""
        estimate = self.divergence if self.divergence is not None else self.output_error
        return None if estimate is None else estimate.value


def find_logits(model: Model) -> int | None:
    """Number of the output that predicts tokens: its last axis is as long as an embedding table has rows."""
    snapshot = snapshot_graphs(model)[""]
    vocabularies = set()
    for record in snapshot.nodes_of_type("Gather"):
        table = record.inputs[0]
        shape = snapshot.shape(table) or ()
        if table.node in snapshot.constants and len(shape) == 2 and snapshot.element_type(table) in FLOAT_TYPES:
            vocabularies.add(shape[0])
    for number, port in enumerate(model.outputs):
        shape = port.get_partial_shape()
        is_known = port.get_element_type().is_real() and not shape.rank.is_dynamic and shape.rank.get_length() > 1
        if is_known and shape[-1].is_static and shape[-1].get_length() in vocabularies:
            return number
    return None


class LossReference:
    """Outputs of the source on some samples, for comparing those of any number of models with them.

    Args:
        source: the original.
        outputs: of each sample all outputs, or where tokens are predicted the logits alone.
    """

    def __init__(self, source: Model, outputs: Sequence[Sequence[Array]]) -> None:
        self._source = source
        self._outputs = outputs
        self._predicts_tokens = find_logits(source) is not None

    def compare(self, given: Sequence[Sequence[Array]]) -> HeldOutLoss:
        """What a model loses that gives these outputs, in the form of those of the source."""
        return self._compare_tokens(given) if self._predicts_tokens else self._compare_outputs(given)

    def _compare_tokens(self, given: Sequence[Sequence[Array]]) -> HeldOutLoss:
        pairs = [compare_logits(expected[0], other[0]) for expected, other in zip(self._outputs, given, strict=True)]
        counts = np.array([len(same) for _, same in pairs], np.float64)
        divergence = np.array([lost.sum() for lost, _ in pairs])
        agreement = np.array([same.sum() for _, same in pairs], np.float64)
        positions = int(counts.sum())
        return HeldOutLoss(_estimate(divergence, counts), _estimate(agreement, counts), None, len(pairs), positions)

    def _compare_outputs(self, given: Sequence[Sequence[Array]]) -> HeldOutLoss:
        worst: Estimate | None = None
        for number, accumulator in enumerate(make_accumulators(self._source, self._source)):
            if not isinstance(accumulator, DistanceAccumulator):
                continue
            squares = _squared_errors(
                [arrays[number] for arrays in self._outputs], [arrays[number] for arrays in given]
            )
            if squares is None:
                continue
            mean = _estimate(squares, np.ones(len(squares)))
            estimate = Estimate(*(float(np.sqrt(end)) for end in (mean.value, mean.low, mean.high)))
            worst = estimate if worst is None or estimate.value > worst.value else worst
        return HeldOutLoss(None, None, worst, len(self._outputs))


def _squared_errors(reference: Sequence[Array], given: Sequence[Array]) -> Array | None:
    """Of each sample the squared error of an output as a share of its variation; None if it does not vary."""
    variations = VariationAccumulator()
    for expected in reference:
        variations.add(expected)
    variation = variations.compute_variation()
    squares = []
    for expected, other in zip(reference, given, strict=True):
        distance = DistanceAccumulator("", variation)
        distance.add(expected, other)
        relative = distance.compute_distance().relative
        if relative is not None:
            squares.append(relative**2)
    return np.array(squares) if squares else None


class LossMeter:
    """The source on held-out samples, for comparing any number of models with it.

    Args:
        source: the original.
        feeds: inputs of one inference each.
    """

    def __init__(self, source: Model, feeds: Sequence[Mapping[int, Array]]) -> None:
        self._feeds = [Feed(number, (number,), feed) for number, feed in enumerate(feeds)]
        self._logits = find_logits(source)
        self._reference = LossReference(source, self._run(compile_model(source, "CPU")))

    @property
    def predicts_tokens(self) -> bool:
        """Whether predictions of tokens are compared."""
        return self._logits is not None

    def measure(self, model: Model, properties: Mapping[str, object] | None = None) -> HeldOutLoss:
        """What a model loses.

        Args:
            model: has the outputs of the source.
            properties: how it is compiled; None for exact arithmetic, ``AS_USERS_RUN`` for what users get.
        """
        return self._reference.compare(self._run(compile_model(model, "CPU", properties)))

    def _run(self, compiled: CompiledModel) -> list[list[Array]]:
        outputs = infer_outputs(compiled, self._feeds, 1)
        if self._logits is None:
            return outputs
        return [[arrays[self._logits]] for arrays in outputs]


def _estimate(totals: Array, counts: Array) -> Estimate:
    return Estimate(float(totals.sum() / counts.sum()), *bootstrap_interval(totals, counts))

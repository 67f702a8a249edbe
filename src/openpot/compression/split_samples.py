"""Which samples choose the codes and which judge, and the codes that they choose."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openpot.compression.sequential_rounding import can_follow_outputs, round_sequentially
from openpot.data.source import open_data
from openpot.graph.revisions import snapshot_graphs
from openpot.inference.model_inputs import describe_inputs
from openpot.inference.recorded_states import unroll_states
from openpot.measure.side_by_side import load_inputs

if TYPE_CHECKING:
    from openpot.compression.choose_formats import WeightChoice
    from openpot.compression.code_weights import CodingResult
    from openpot.config.weight_compression import WeightCompressionConfig
    from openpot.graph.tensor_id import TensorId
    from openpot.graph.types import Model
    from openpot.progress import Progress
    from openpot.typing_aliases import Array

JUDGING_EVERY = 5
"""Of so many samples in a row the last one judges."""
MIN_JUDGES = 2
"""Of four samples or more: errors of outputs are a share of their variation between samples."""
MAX_JUDGES = 16
_BYTE = 8


@dataclass(frozen=True, eq=False)
class SplitSamples:
    """Inputs by number, one inference each.

    Attributes:
        rounding: those that choose the codes.
        held_out: those that judge; the same ones if there is a single sample.
    """

    rounding: Sequence[Mapping[int, Array]]
    held_out: Sequence[Mapping[int, Array]]


def split_samples(model: Model, data: Any, config: WeightCompressionConfig) -> SplitSamples:
    """Draw samples of a data set and load them.

    Raises:
        MissingFileError: a path does not exist.
        DataError: the data set cannot be opened, or a sample does not fit the inputs.
    """
    loader = open_data(data, describe_inputs(model), config.subset_size)
    drawn = draw_samples(len(loader), config.subset_size, config.seed)
    held_out = drawn[JUDGING_EVERY - 1 :: JUDGING_EVERY][:MAX_JUDGES]
    if len(held_out) < MIN_JUDGES:
        held_out = drawn[-MIN_JUDGES:] if len(drawn) >= 2 * MIN_JUDGES else drawn[-1:]
    rounding = [index for index in drawn if index not in held_out] or drawn
    return SplitSamples(load_inputs(model, loader, rounding), load_inputs(model, loader, held_out))


def draw_samples(available: int, wanted: int, seed: int) -> list[int]:
    """Numbers of samples, drawn without repetition, in rising order."""
    if wanted >= available:
        return list(range(available))
    return sorted(random.Random(seed).sample(range(available), wanted))  # noqa: S311  no secret


def round_by_samples(
    model: Model,
    choices: Sequence[WeightChoice],
    samples: SplitSamples,
    progress: Progress,
    follows_eight_bits: bool = False,
) -> dict[TensorId, CodingResult]:
    """The codes of layers by what they read; of other tensors there are none.

    Of models that keep a state each step of a sequence is an inference of its own, which is given the state that the
    original reads there.

    Args:
        model: the float model; it is not changed.
        choices: what is stored how.
        samples: those for rounding are used.
        progress: is told how the work goes on.
        follows_eight_bits: whether layers of 8 bits follow what they read even if there are none of few bits. By
            themselves they lose little, so that it may not be worth its time; beside layers of few bits, which follow
            the outputs, they would lose as much as those.
    """
    snapshot = snapshot_graphs(model)[""]
    followed = [choice for choice in choices if can_follow_outputs(snapshot, choice)]
    has_few_bits = any(choice.weight_format.num_bits < _BYTE for choice in followed)
    if not followed or not (has_few_bits or follows_eight_bits):
        return {}
    stateless, feeds = unroll_states(model, samples.rounding)
    return round_sequentially(stateless, followed, feeds, progress)

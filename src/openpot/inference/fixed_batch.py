"""Models that take a fixed number of samples at a time: how many are grouped, and outputs of those that fill up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from openpot.data.fixed_batch import compute_missing_factor, find_fixed_batch
from openpot.data.sample import load_sample
from openpot.inference.feeds import Feed
from openpot.inference.model_inputs import describe_inputs
from openpot.inference.settings import EngineSettings

if TYPE_CHECKING:
    from openpot.graph.types import Model
    from openpot.typing_aliases import Array


def drop_repeated(outputs: Mapping[Any, Array], feed: Feed, batch_dim: int) -> Mapping[Any, Array]:
    """The outputs of an inference without those of the samples that filled it up."""
    if not feed.num_repeated:
        return outputs
    whole = len(feed.indices) + feed.num_repeated
    return {
        key: array.take(range(len(feed.indices)), axis=batch_dim)
        if array.ndim > batch_dim and array.shape[batch_dim] == whole
        else array
        for key, array in outputs.items()
    }


def count_samples_of_inference(
    model: Model, data_loader: Any, batch_size: int = 1, settings: EngineSettings | None = None
) -> int:
    """How many samples of a data set an inference over ``batch_size`` of them takes: more where the batch is fixed.

    The first sample tells whether it is a single one; it is loaded only for models whose batch is fixed.
    """
    inputs = describe_inputs(model)
    batch_dim = (settings or EngineSettings("CPU")).batch_dim
    if all(find_fixed_batch(given, batch_dim) in (None, 1) for given in inputs):
        return batch_size
    sample = load_sample(data_loader, 0)
    return batch_size * compute_missing_factor(inputs, [sample] * batch_size, batch_dim)

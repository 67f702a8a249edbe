"""What inferences take, loaded once for many passes, as far as it fits into memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openpot.inference.feed_maker import FeedMaker
from openpot.inference.feeds import Feed, feeds
from openpot.inference.model_inputs import describe_inputs

if TYPE_CHECKING:
    from openpot.graph.types import Model

MAX_BYTES = 256 << 20


def feeds_in_memory(
    model: Model, data_loader: Any, sampler: Any, batch_dim: int = 0, max_bytes: int | None = None
) -> list[Feed]:
    """The first feeds of a sampler, as long as their inputs take at most ``max_bytes`` (by default ``MAX_BYTES``).

    At least one is kept if there is one.

    Raises:
        DataError: a sample cannot be used.
    """
    kept: list[Feed] = []
    limit = MAX_BYTES if max_bytes is None else max_bytes
    size = 0
    make_feed = FeedMaker(describe_inputs(model), batch_dim, copies=True)
    for feed in feeds(sampler, data_loader, make_feed):
        size += sum(int(array.nbytes) for array in feed.inputs.values())
        if kept and size > limit:
            break
        kept.append(feed)
    return kept

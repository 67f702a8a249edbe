"""What inferences take, loaded once for many passes, as far as it fits into memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openpot.inference.feed_maker import make_feed_maker
from openpot.inference.feeds import Feed, generate_feeds
from openpot.inference.settings import EngineSettings

if TYPE_CHECKING:
    from openpot.graph.types import Model

MAX_BYTES = 256 << 20


def load_feeds(
    model: Model, data_loader: Any, sampler: Any, settings: EngineSettings | None = None, max_bytes: int | None = None
) -> list[Feed]:
    """The first feeds of a sampler, as long as their inputs take at most ``max_bytes`` (by default ``MAX_BYTES``).

    At least one is kept if there is one. ``settings`` say how samples become inputs.

    Raises:
        DataError: a sample cannot be used.
    """
    kept: list[Feed] = []
    limit = MAX_BYTES if max_bytes is None else max_bytes
    size = 0
    make_feed = make_feed_maker(model, settings or EngineSettings("CPU"), copies=True)
    for feed in generate_feeds(sampler, data_loader, make_feed):
        size += sum(int(array.nbytes) for array in feed.inputs.values())
        if kept and size > limit:
            break
        kept.append(feed)
    return kept

"""One pass over the data that collects statistics: instrument, compile, infer, read, in the order of the samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from openpot.data.pass_notes import PassNotes
from openpot.graph.fillers import has_vanishing_fillers
from openpot.graph.lower_reducer import Request, instrument
from openpot.graph.revisions import snapshot_graphs
from openpot.graph.tensor_id import TensorId
from openpot.inference.compile import compile_model
from openpot.inference.feed_maker import make_feed_maker
from openpot.inference.feeds import Feed, generate_feeds
from openpot.inference.infer_queue import choose_request_count, run_in_order
from openpot.inference.prefetch import Prefetch
from openpot.inference.settings import EngineSettings, clip_requests
from openpot.inference.statistic_reader import StatisticReader
from openpot.progress import Progress, SilentProgress
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model
    from openvino import InferRequest

Consume = Callable[[int, Array, dict[int, Any]], None]
"""Gets the number of the inference, its packed vector and the answers that are not packed, by request."""

IsEnough = Callable[[int], bool]
"""Asked after every inference, or sequence of steps, with their number so far; True ends the pass."""


class ModelObserver:
    """A model that computes statistics, compiled once for one pass or for several parts of one.

    Args:
        model: what is observed; it is not changed.
        requests: tensors, each with a reducer or another callable.
        settings: of the engine.

    Raises:
        ModelError: a tensor cannot be observed, or the device cannot compile the model.
    """

    def __init__(self, model: Model, requests: Sequence[Request], settings: EngineSettings) -> None:
        instrumented = instrument(model, requests)
        self._settings = settings
        self._compiled = compile_model(instrumented.model, settings.device)
        self._num_requests = clip_requests(settings.stat_requests_number) or choose_request_count(self._compiled)
        self._reader = StatisticReader(instrumented, requests, _find_vanishing_fillers(model))

    def run(self, sampler: Any, data_loader: Any, consume: Consume, is_enough: IsEnough, notes: PassNotes) -> int:
        """Infer the samples of ``sampler`` and hand over their statistics in its order.

        Args:
            sampler: which samples.
            data_loader: what numbers of samples are loaded from.
            consume: see :meth:`openpot.engine.openvino_engine.IEEngine.observe`.
            is_enough: see there.
            notes: takes note of every sample; whoever has the whole pass concludes it.

        Returns:
            The number of inferences, or sequences of steps, that were delivered.
        """
        consumed, has_enough = 0, False

        def deliver(feed: Feed, request: InferRequest) -> None:
            nonlocal consumed, has_enough
            if has_enough:  # inferences that were under way when the one before them was enough
                return
            consume(feed.position, *self._reader.read(feed, request))
            if feed.is_last:
                consumed += 1
                has_enough = is_enough(consumed)

        prefetches = self._settings.prefetch and self._num_requests > 1
        make_feed = make_feed_maker(self._compiled, self._settings, prefetches, notes)
        feeds = generate_feeds(sampler, data_loader, make_feed)
        with prefetch_feeds(feeds, self._num_requests if prefetches else 0) as ready:
            run_in_order(self._compiled, takewhile(lambda _: not has_enough, ready), deliver, self._num_requests)
        return consumed


def observe_model(  # noqa: PLR0913  those of IEEngine.observe and what the engine holds
    model: Model,
    requests: Sequence[Request],
    sampler: Any,
    consume: Consume,
    settings: EngineSettings,
    data_loader: Any = None,
    progress: Progress | None = None,
    is_enough: IsEnough | None = None,
) -> int:
    """Infer the samples of ``sampler`` and hand over their statistics in the order of the sampler.

    See :meth:`openpot.engine.openvino_engine.IEEngine.observe`.
    """
    shown, notes = progress or SilentProgress(), PassNotes()
    observer = ModelObserver(model, requests, settings)

    def is_over(count: int) -> bool:
        shown.advance()
        return is_enough is not None and is_enough(count)

    shown.start("collecting statistics", count_inferences(sampler))
    try:
        consumed = observer.run(sampler, data_loader, consume, is_over, notes)
    finally:
        shown.finish()
    notes.conclude()
    notes.warn_if_poor()
    return consumed


def _find_vanishing_fillers(model: Model) -> Callable[[TensorId], bool]:
    """Whether a tensor of a model holds fillers that vanish; asked of tensors with large values only."""

    @cache
    def has_vanishing(tensor: TensorId) -> bool:
        graphs = snapshot_graphs(model).values()
        return any(has_vanishing_fillers(graph, tensor) for graph in graphs if tensor.node in graph)

    return has_vanishing


@contextmanager
def prefetch_feeds(source: Iterator[Feed], depth: int) -> Iterator[Iterator[Feed]]:
    """``source``, on a thread of its own that is at most ``depth`` feeds ahead; 0 for no thread."""
    with Prefetch(source, depth) if depth else nullcontext(source) as ready:
        yield ready


def count_inferences(sampler: Any) -> int:
    """How many inferences a sampler means to make; 0 if it does not say."""
    try:
        return len(sampler)
    except TypeError:
        return 0

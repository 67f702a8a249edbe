"""Running many inferences at once and delivering their results in the order of the items.

A ring of infer requests: the oldest inference is waited for when its request is needed again, so results come in
order, what is in flight is bounded, and the error of an inference is raised at its own item. Completion callbacks are
not used: they run on the runtime's threads in any order, and an exception in one spoils the whole queue.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from openpot.engine.compile import optimal_requests, runtime_message
from openpot.engine.feeds import Feed
from openpot.errors import EngineError

if TYPE_CHECKING:
    from openpot.graph.types import CompiledModel
    from openvino import InferRequest

Deliver = Callable[[Feed, "InferRequest"], None]
"""Gets a feed and the request that holds its results; what it wants to keep it must copy."""


def requests_to_keep_busy(compiled: CompiledModel) -> int:
    """How many requests keep the device busy while the oldest result is being read."""
    return 2 * optimal_requests(compiled)


def is_stateful(compiled: CompiledModel) -> bool:
    """Whether inferences leave a state behind that the next one reads."""
    return len(compiled.create_infer_request().query_state()) > 0


def run_in_order(compiled: CompiledModel, feeds: Iterable[Feed], deliver: Deliver, num_requests: int) -> int:
    """Infer every feed and deliver the results in the order of the feeds, on the calling thread.

    A stateful model starts every feed from its initial state, one at a time.

    Args:
        compiled: the model.
        feeds: what to infer; read as far as requests are free.
        deliver: called once for each feed.
        num_requests: inferences that may be under way at once.

    Returns:
        The number of inferences.

    Raises:
        EngineError: an inference failed; the message names the items.
    """
    stateful = is_stateful(compiled)
    num_requests = 1 if stateful else max(1, num_requests)
    free = deque(compiled.create_infer_request() for _ in range(num_requests))
    under_way: deque[tuple[Feed, InferRequest]] = deque()
    count = 0

    def deliver_oldest() -> None:
        feed, request = under_way[0]
        _wait(feed, request)
        under_way.popleft()
        deliver(feed, request)
        free.append(request)

    try:
        for feed in feeds:
            if not free:
                deliver_oldest()
            request = free.popleft()
            if stateful:
                request.reset_state()
            _start(feed, request)
            under_way.append((feed, request))
            count += 1
            if num_requests == 1:
                # One by one: the next item is not even loaded before this one is done with.
                deliver_oldest()
        while under_way:
            deliver_oldest()
    finally:
        _let_end(under_way)
    return count


def _start(feed: Feed, request: InferRequest) -> None:
    try:
        # share_inputs stays off: the request copies, so nobody can change what it computes with.
        request.start_async(feed.inputs)
    except (RuntimeError, TypeError, ValueError) as error:
        raise EngineError(f"{feed.name}: the inference could not be started: {runtime_message(error)}") from error


def _wait(feed: Feed, request: InferRequest) -> None:
    try:
        request.wait()
    except RuntimeError as error:
        raise EngineError(f"{feed.name}: the inference failed: {runtime_message(error)}") from error


def _let_end(under_way: Iterable[tuple[Feed, InferRequest]]) -> None:
    """Wait for what is still running, so that its memory is not given back under it."""
    for _, request in under_way:
        try:
            request.wait()
        except RuntimeError:
            continue

"""Running many inferences at once and delivering their results in the order of the samples.

A ring of infer requests: the oldest inference is waited for when its request is needed again, so results come in
order, what is in flight is bounded, and the error of an inference is raised at its own sample. Completion callbacks are
not used: they run on the runtime's threads in any order, and an exception in one spoils the whole queue.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from openpot.errors import EngineError
from openpot.inference.compile import read_optimal_requests, shorten_runtime_message
from openpot.inference.feeds import Feed

if TYPE_CHECKING:
    from openpot.graph.types import CompiledModel
    from openvino import InferRequest

Deliver = Callable[[Feed, "InferRequest"], None]
"""Gets a feed and the request that holds its results; what it wants to keep it must copy."""
Answer = TypeVar("Answer")


def choose_request_count(compiled: CompiledModel) -> int:
    """How many requests keep the device busy while the oldest result is being read."""
    return 2 * read_optimal_requests(compiled)


def is_stateful(compiled: CompiledModel) -> bool:
    """Whether inferences leave a state behind that the next one reads."""
    return len(compiled.create_infer_request().query_state()) > 0


def run_in_order(compiled: CompiledModel, feeds: Iterable[Feed], deliver: Deliver, num_requests: int) -> int:
    """Infer every feed and deliver the results in the order of the feeds, on the calling thread.

    A stateful model starts every sample from its initial state, one inference at a time.

    Args:
        compiled: the model.
        feeds: what to infer; read as far as requests are free.
        deliver: called once for each feed.
        num_requests: inferences that may be under way at once. With one the next sample is not even loaded before the
            one before it is done with.

    Returns:
        The number of inferences.

    Raises:
        EngineError: an inference failed; the message names the samples.
    """
    ring = _Ring(compiled, 1 if is_stateful(compiled) else max(1, num_requests), deliver)
    count = 0
    try:
        for feed in feeds:
            ring.start(feed)
            count += 1
        ring.deliver_all()
    finally:
        ring.let_end()
    return count


def generate_in_order(
    compiled: CompiledModel, feeds: Iterable[Feed], read: Callable[[Feed, InferRequest], Answer], num_requests: int
) -> Iterator[Answer]:
    """What ``read`` makes of the results of every feed, in their order; arguments as those of :func:`run_in_order`."""
    answers: deque[Answer] = deque()
    ring = _Ring(
        compiled,
        1 if is_stateful(compiled) else max(1, num_requests),
        lambda feed, request: answers.append(read(feed, request)),
    )
    try:
        for feed in feeds:
            ring.start(feed)
            while answers:
                yield answers.popleft()
        ring.deliver_all()
        yield from answers
    finally:
        ring.let_end()


class _Ring:
    """Infer requests that are used in turn."""

    def __init__(self, compiled: CompiledModel, num_requests: int, deliver: Deliver) -> None:
        self._free = deque(compiled.create_infer_request() for _ in range(num_requests))
        self._under_way: deque[tuple[Feed, InferRequest]] = deque()
        self._deliver = deliver
        self._is_single = num_requests == 1
        self._is_stateful = is_stateful(compiled)

    def start(self, feed: Feed) -> None:
        """Start an inference, after delivering the oldest one if its request is needed."""
        if not self._free:
            self._deliver_oldest()
        request = self._free.popleft()
        if self._is_stateful and not feed.goes_on:
            request.reset_state()
        _start(feed, request)
        self._under_way.append((feed, request))
        if self._is_single:
            self._deliver_oldest()

    def deliver_all(self) -> None:
        """Deliver what is still under way."""
        while self._under_way:
            self._deliver_oldest()

    def let_end(self) -> None:
        """Wait for what is still running, so that its memory is not given back under it."""
        for _, request in self._under_way:
            with contextlib.suppress(RuntimeError):  # an earlier error is on its way to the caller
                request.wait()

    def _deliver_oldest(self) -> None:
        feed, request = self._under_way[0]
        _wait(feed, request)
        self._under_way.popleft()
        self._deliver(feed, request)
        self._free.append(request)


def _start(feed: Feed, request: InferRequest) -> None:
    try:
        # share_inputs stays off: the request copies, so nobody can change what it computes with.
        request.start_async(feed.inputs)
    except (RuntimeError, TypeError, ValueError) as error:
        raise EngineError(
            f"{feed.name}: the inference could not be started: {shorten_runtime_message(error)}"
        ) from error


def _wait(feed: Feed, request: InferRequest) -> None:
    try:
        request.wait()
    except RuntimeError as error:
        raise EngineError(f"{feed.name}: the inference failed: {shorten_runtime_message(error)}") from error

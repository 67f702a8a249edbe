"""How many times faster one model is than another on this machine, measured in turns.

Clocks, caches and other programs change from second to second, so the two models are timed alternately and compared
turn by turn. The first model is timed twice in every turn: what it seems to gain over itself is noise.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openpot.errors import DataError
from openpot.inference.compile import REFERENCE_PROPERTIES, compile_model
from openpot.inference.feeds import Feed
from openpot.inference.infer_queue import choose_request_count, run_in_order

if TYPE_CHECKING:
    from openpot.graph.types import CompiledModel, Model

MIN_TURNS = 3
MAX_TURNS = 31
_WANTED_TURNS = 9
_CONTESTANTS = 3
_SINGLE_INFERENCES = 15


@dataclass(frozen=True)
class Ratio:
    """How many times faster: the median of paired turns, with their lower and upper quartile."""

    median: float
    lower: float
    upper: float


@dataclass(frozen=True)
class SpeedResult:
    """Speed of the INT8 model against FP32 on the same inputs.

    Attributes:
        throughput: with as many inferences under way as the device likes.
        latency: one inference at a time.
        noise: throughput of FP32 against itself.
        turns: number of turns of the shorter of the two measurements.
        num_feeds: inputs that one turn of the throughput measurement went through.
    """

    throughput: Ratio
    latency: Ratio
    noise: Ratio
    turns: int
    num_feeds: int


def measure_speedup(
    fp32: Model, int8: Model, feeds: Sequence[Any], budget_seconds: float = 20.0, device: str = "CPU"
) -> SpeedResult:
    """Time two models against each other.

    Args:
        fp32: the model to compare with; runs in exact FP32.
        int8: the model in question.
        feeds: inputs of inferences, each a dict of arrays by number or name of the input, or a list; the first ones are
            used, as many as the budget allows.
        budget_seconds: about how long to measure; at least ``MIN_TURNS`` turns are made. Compiling is not counted.
        device: where to run.

    Raises:
        DataError: there are no feeds.
        DeviceError: the device is not on this machine.
        ModelError: the device cannot compile a model.
        EngineError: an inference failed.
    """
    numbered = _number_feeds(feeds)
    share = budget_seconds / 2
    fast, num_feeds = _time_turns(fp32, int8, "THROUGHPUT", numbered, share, device)
    quick, _ = _time_turns(fp32, int8, "LATENCY", numbered[:_SINGLE_INFERENCES], share, device)
    return SpeedResult(
        throughput=_summarize_ratios([first / candidate for first, _, candidate in fast]),
        latency=_summarize_ratios([first / candidate for first, _, candidate in quick]),
        noise=_summarize_ratios([first / second for first, second, _ in fast]),
        turns=min(len(fast), len(quick)),
        num_feeds=num_feeds,
    )


def measure_latency(
    first: Model, second: Model, feeds: Sequence[Any], budget_seconds: float = 4.0, device: str = "CPU"
) -> Ratio:
    """How many times faster the second model is for one inference at a time; see :func:`measure_speedup`.

    Raises:
        DataError: there are no feeds.
        ModelError: the device cannot compile a model.
        EngineError: an inference failed.
    """
    turns, _ = _time_turns(first, second, "LATENCY", _number_feeds(feeds[:_SINGLE_INFERENCES]), budget_seconds, device)
    return _summarize_ratios([before / after for before, _, after in turns])


def _number_feeds(feeds: Sequence[Any]) -> list[Feed]:
    if not feeds:
        raise DataError("nothing to measure the speed with: expected at least one feed")
    return [Feed(number, (number,), feed) for number, feed in enumerate(feeds)]


def _time_turns(
    fp32: Model, int8: Model, hint: str, feeds: list[Feed], budget: float, device: str
) -> tuple[list[tuple[float, float, float]], int]:
    """Seconds of FP32, of FP32 again and of INT8 in each turn, and the number of feeds that were used."""
    properties = {**REFERENCE_PROPERTIES, "PERFORMANCE_HINT": hint}
    first, candidate = (compile_model(model, device, properties) for model in (fp32, int8))
    measure: Callable[[CompiledModel, list[Feed]], float] = _time_all if hint == "THROUGHPUT" else _time_single
    contestants = (first, first, candidate)
    start = time.perf_counter()
    for compiled in (first, candidate):  # the first inference of a shape prepares kernels
        _time_all(compiled, feeds)
    spent = time.perf_counter() - start
    wanted = budget / (_WANTED_TURNS * _CONTESTANTS) / max(spent / (2 * len(feeds)), 1e-9)
    used = feeds[: max(1, int(wanted))]
    turns: list[tuple[float, float, float]] = []
    start = time.perf_counter()
    while len(turns) < MIN_TURNS or (len(turns) < MAX_TURNS and time.perf_counter() - start < budget):
        order = (0, 1, 2) if len(turns) % 2 else (2, 1, 0)
        seconds = {number: measure(contestants[number], used) for number in order}
        turns.append((seconds[0], seconds[1], seconds[2]))
    return turns, len(used)


def _time_all(compiled: CompiledModel, feeds: list[Feed]) -> float:
    """Seconds for all feeds, as many at once as the device likes."""
    start = time.perf_counter()
    run_in_order(compiled, feeds, lambda feed, request: None, choose_request_count(compiled))
    return time.perf_counter() - start


def _time_single(compiled: CompiledModel, feeds: list[Feed]) -> float:
    """Median seconds of one inference."""
    request = compiled.create_infer_request()
    has_state = bool(request.query_state())
    seconds = []
    for feed in feeds:
        if has_state and not feed.goes_on:
            request.reset_state()
        start = time.perf_counter()
        request.infer(feed.inputs)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def _summarize_ratios(values: Sequence[float]) -> Ratio:
    ordered = sorted(values)
    quarter = len(ordered) // 4
    return Ratio(statistics.median(ordered), ordered[quarter], ordered[-1 - quarter])

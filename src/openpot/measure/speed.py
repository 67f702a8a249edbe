"""How many times faster one model is than another on this machine, measured in turns.

Clocks, caches and other programs change from second to second, so the two models are timed alternately and compared
turn by turn. The first model is timed twice in every turn: what it seems to gain over itself is noise.

On processors that compute in bfloat16 the runtime does so by default, so the gain over FP32 is not what users see who
never asked for FP32: the float model is timed in the default precision too, where that is another one.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from openpot.errors import DataError
from openpot.inference.compile import REFERENCE_PROPERTIES, compile_model, read_default_precision
from openpot.inference.feeds import Feed
from openpot.inference.infer_queue import choose_request_count, run_in_order

if TYPE_CHECKING:
    from openpot.graph.types import CompiledModel, Model

MIN_TURNS = 3
MAX_TURNS = 31
_WANTED_TURNS = 9
_SINGLE_INFERENCES = 15


@dataclass(frozen=True)
class Ratio:
    """How many times faster: the median of paired turns, with their lower and upper quartile."""

    median: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Latency:
    """Latency of a model beside FP32.

    Attributes:
        fp32_seconds: of FP32, in the turn where it was shortest: other programs only make it longer.
        ratio: how many times faster than FP32, turn by turn.
    """

    fp32_seconds: float
    ratio: Ratio


@dataclass(frozen=True)
class DefaultPrecisionSpeed:
    """Speed of the INT8 model against the float model in the precision that the device chooses by default.

    Attributes:
        precision: that of the float model: ``bf16`` on processors that compute in it.
        throughput: with as many inferences under way as the device likes.
        latency: one inference at a time.
    """

    precision: str
    throughput: Ratio
    latency: Ratio


@dataclass(frozen=True)
class SpeedResult:
    """Speed of the INT8 model, as users run it, against FP32 on the same inputs.

    Attributes:
        throughput: with as many inferences under way as the device likes.
        latency: one inference at a time.
        noise: throughput of FP32 against itself.
        turns: number of turns of the shorter of the two measurements.
        num_feeds: inputs that one turn of the throughput measurement went through.
        over_default: against the float model as users run it; None where that is FP32.
        instruction_set: of the kernels that multiplied (``avx512``...); empty where their names do not say it.
        inferences_per_second: median of all turns, by ``f32``, ``INT8`` and the default precision where that differs.
        milliseconds: of one inference at a time, likewise.
    """

    throughput: Ratio
    latency: Ratio
    noise: Ratio
    turns: int
    num_feeds: int
    over_default: DefaultPrecisionSpeed | None = None
    instruction_set: str = ""
    inferences_per_second: Mapping[str, float] = field(default_factory=dict)
    milliseconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class _Timing:
    """Seconds of each contestant in each turn: FP32, FP32 again, INT8, and the float model by default if it differs."""

    turns: Sequence[Sequence[float]]
    num_feeds: int
    default_precision: str

    def compute_ratio(self, slower: int, faster: int) -> Ratio:
        return _summarize_ratios([turn[slower] / turn[faster] for turn in self.turns])

    def list_seconds(self) -> dict[str, float]:
        """Median seconds of a turn by contestant."""
        names = {"f32": _FP32, "INT8": _INT8}
        if len(self.turns[0]) > _DEFAULT:
            names[self.default_precision] = _DEFAULT
        return {name: statistics.median(turn[number] for turn in self.turns) for name, number in names.items()}


_FP32, _AGAIN, _INT8, _DEFAULT = range(4)


def measure_speedup(
    fp32: Model, int8: Model, feeds: Sequence[Any], budget_seconds: float = 20.0, device: str = "CPU"
) -> SpeedResult:
    """Time two models against each other.

    Args:
        fp32: the model to compare with; runs in exact FP32, and once more as the device does by default.
        int8: the model in question; runs as the device does by default.
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
    fast = _time_as_deployed(fp32, int8, "THROUGHPUT", numbered, share, device)
    quick = _time_as_deployed(fp32, int8, "LATENCY", numbered[:_SINGLE_INFERENCES], share, device)
    over_default = None
    if fast.default_precision != "f32":
        ratios = (timing.compute_ratio(_DEFAULT, _INT8) for timing in (fast, quick))
        over_default = DefaultPrecisionSpeed(fast.default_precision, *ratios)
    return SpeedResult(
        throughput=fast.compute_ratio(_FP32, _INT8),
        latency=quick.compute_ratio(_FP32, _INT8),
        noise=fast.compute_ratio(_FP32, _AGAIN),
        turns=min(len(fast.turns), len(quick.turns)),
        num_feeds=fast.num_feeds,
        over_default=over_default,
        inferences_per_second={name: fast.num_feeds / seconds for name, seconds in fast.list_seconds().items()},
        milliseconds={name: 1000 * seconds for name, seconds in quick.list_seconds().items()},
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
    properties = {**REFERENCE_PROPERTIES, "PERFORMANCE_HINT": "LATENCY"}
    compiled = [compile_model(model, device, properties) for model in (first, second)]
    turns, _ = _time_turns(compiled, "LATENCY", _number_feeds(feeds[:_SINGLE_INFERENCES]), budget_seconds)
    return _summarize_ratios([before / after for before, after in turns])


def measure_latencies(
    fp32: Model, candidates: Sequence[Model], feeds: Sequence[Any], budget_seconds: float, device: str = "CPU"
) -> list[Latency]:
    """Time models in turns with FP32, one inference at a time, as the device runs them by default.

    Raises:
        DataError: there are no feeds.
        ModelError: the device cannot compile a model.
        EngineError: an inference failed.
    """
    default = {"PERFORMANCE_HINT": "LATENCY"}
    compiled = [compile_model(fp32, device, {**REFERENCE_PROPERTIES, **default})]
    compiled += [compile_model(model, device, default) for model in candidates]
    turns, _ = _time_turns(compiled, "LATENCY", _number_feeds(feeds[:_SINGLE_INFERENCES]), budget_seconds)
    fp32_seconds = min(turn[_FP32] for turn in turns)
    return [
        Latency(fp32_seconds, _summarize_ratios([turn[_FP32] / turn[number] for turn in turns]))
        for number in range(1, len(compiled))
    ]


def _number_feeds(feeds: Sequence[Any]) -> list[Feed]:
    if not feeds:
        raise DataError("nothing to measure the speed with: expected at least one feed")
    return [Feed(number, (number,), feed) for number, feed in enumerate(feeds)]


def _time_as_deployed(fp32: Model, int8: Model, hint: str, feeds: list[Feed], budget: float, device: str) -> _Timing:
    """Time the float model in FP32 and as the device runs it by default, and the INT8 model as it runs by default."""
    default = {"PERFORMANCE_HINT": hint}
    first = compile_model(fp32, device, {**REFERENCE_PROPERTIES, **default})
    contestants = [first, first, compile_model(int8, device, default)]
    precision = read_default_precision(device)
    if precision != "f32":
        contestants.append(compile_model(fp32, device, default))
    turns, num_feeds = _time_turns(contestants, hint, feeds, budget)
    return _Timing(turns, num_feeds, precision)


def _time_turns(
    contestants: Sequence[CompiledModel], hint: str, feeds: list[Feed], budget: float
) -> tuple[list[tuple[float, ...]], int]:
    """Seconds of every contestant in each turn, and the number of feeds that were used."""
    measure: Callable[[CompiledModel, list[Feed]], float] = _time_all if hint == "THROUGHPUT" else _time_single
    distinct = list(dict.fromkeys(contestants))
    start = time.perf_counter()
    for compiled in distinct:  # the first inference of a shape prepares kernels
        _time_all(compiled, feeds)
    spent = time.perf_counter() - start
    wanted = budget / (_WANTED_TURNS * len(contestants)) / max(spent / (len(distinct) * len(feeds)), 1e-9)
    used = feeds[: max(1, int(wanted))]
    turns: list[tuple[float, ...]] = []
    start = time.perf_counter()
    while len(turns) < MIN_TURNS or (len(turns) < MAX_TURNS and time.perf_counter() - start < budget):
        order = range(len(contestants)) if len(turns) % 2 else reversed(range(len(contestants)))
        seconds = {number: measure(contestants[number], used) for number in order}
        turns.append(tuple(seconds[number] for number in range(len(contestants))))
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

"""An INT8 model beside its FP32 original on the same samples: executed operations, distance of outputs, speed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from openpot.config.target_devices import load_target_devices
from openpot.data.sampler import BatchSampler
from openpot.inference.compile import Compile, compile_model, get_runtime
from openpot.inference.feeds_in_memory import MAX_BYTES, load_feeds
from openpot.inference.settings import EngineSettings
from openpot.measure.compare_outputs import compare_outputs
from openpot.measure.default_precision import DefaultPrecision, measure_default_precision
from openpot.measure.executed_graph import ExecutedGraph, name_instruction_set, read_executed_graph
from openpot.measure.output_distance import Comparison, OutputDistance
from openpot.measure.speed import SpeedResult, measure_speedup
from openpot.measure.work import Work, measure_work
from openpot.optional_stage import optional_stage
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model

SECONDS_OF_TIMING = 6.0
"""About how long both models are timed; with 0 they are not."""
TIMED_SAMPLES = 24


MOSTLY = 0.5
"""An output of labels or rows is lost if at least this share of them is not that of FP32."""

_LOST = {
    Comparison.VALUES: "the output {seen.output!r} is lost: its error is {seen.relative:.2f} times its variation "
    "between samples, as bad as always giving the same answer",
    Comparison.LABELS: "the output {seen.output!r} is lost: {seen.relative:.0%} of its values are other ones",
    Comparison.ROWS: "the output {seen.output!r} is lost: {seen.relative:.0%} of its rows have no partner in FP32",
}


def is_lost(distance: OutputDistance) -> bool:
    """Whether an output is no better than a constant answer."""
    limit = 1.0 if distance.comparison is Comparison.VALUES else MOSTLY
    return distance.relative is not None and distance.relative >= limit


@dataclass(frozen=True)
class SideBySide:
    """What was seen.

    Attributes:
        executed: what the target device runs of the INT8 model; None if it is not here.
        output_distances: for each output under its tensor name, on the CPU.
        speed: of INT8 against FP32 on the target device; None if it is not here.
        work: the operations of the INT8 model that multiply and accumulate, bodies included.
        default_precision: what the device's default precision does; None where that is f32, or the device not here.
        held_out: on how many of the samples that both were run on the result does not rest; None if that is not known.
        inputs_digest: SHA-256 of what both were run on; empty if that is not known.
    """

    executed: ExecutedGraph | None
    output_distances: tuple[OutputDistance, ...]
    speed: SpeedResult | None
    work: Mapping[str, Work] = field(default_factory=dict)
    default_precision: DefaultPrecision | None = None
    held_out: int | None = None
    inputs_digest: str = ""

    @property
    def warnings(self) -> tuple[str, ...]:
        """Outputs that are lost, and a loss of speed beyond doubt."""
        sentences = [
            _LOST[distance.comparison].format(seen=distance) for distance in self.output_distances if is_lost(distance)
        ]
        return (*sentences, *(() if self.speed is None else _explain_losses(self.speed)))


def _explain_losses(speed: SpeedResult) -> list[str]:
    """What INT8 makes slower beyond doubt: than FP32, or else than the float model as the device runs it by default."""
    default = speed.over_default
    ends = [("FP32", speed.throughput, speed.latency)]
    ends += [] if default is None else [(f"{default.precision}, the default,", default.throughput, default.latency)]
    throughput = [(name, ratio) for name, ratio, _ in ends if ratio.upper < 1]
    latency = [(name, ratio) for name, _, ratio in ends if ratio.upper < 1]
    sentences = [
        f"INT8 is slower than {name} on this machine: {ratio.median:.2f}x its throughput"
        for name, ratio in throughput[:1]
    ]
    return sentences + [
        f"one inference at a time is slower in INT8 than in {name} on this machine: {ratio.median:.2f}x; "
        "optimize_for='latency' (--optimize-for latency) returns to float what INT8 makes slower"
        for name, ratio in latency[:1]
    ]


def compare_side_by_side(
    fp32: Model, int8: Model, inputs: list[dict[int, Array]], target_device: str = "CPU", times: bool = True
) -> SideBySide:
    """Run both models on the same inputs; what cannot be measured is left out, and a warning says why.

    Args:
        fp32: the original.
        int8: the quantized model.
        inputs: arrays by number of the input, for each inference.
        target_device: what the INT8 model is for; this machine need not have it.
        times: whether to run both models as users do: to time them, and to see what the default precision does.
    """
    device = find_device_for(target_device)
    speed: SpeedResult | None = None
    work: Mapping[str, Work] = {}
    with optional_stage("counting the multiplications", "Their shares are not known"):
        work = measure_work(int8, inputs[0])
    executed, distances = _compare_exactly(fp32, int8, inputs, device)
    if device is None or not times or SECONDS_OF_TIMING <= 0:
        return SideBySide(executed, distances, None, work)
    deployed: DefaultPrecision | None = None
    with optional_stage("comparing the outputs in the default precision", "What that does to them is not known"):
        deployed = measure_default_precision(fp32, int8, inputs[:TIMED_SAMPLES], device)
    with optional_stage("timing the models", "Which one is faster is not known"):
        speed = time_models(fp32, int8, inputs, device, executed)
    return SideBySide(executed, distances, speed, work, deployed)


def _compare_exactly(
    fp32: Model, int8: Model, inputs: list[dict[int, Array]], device: str | None
) -> tuple[ExecutedGraph | None, tuple[OutputDistance, ...]]:
    """What the device runs, if it is here, and how far the outputs are apart; each model is compiled once for both."""
    executed: ExecutedGraph | None = None
    distances: tuple[OutputDistance, ...] = ()
    compile_once = cache(compile_model)
    if device is not None:
        with optional_stage("reading the executed graph", "Which layers run in INT8 is not known"):
            executed = read_executed_graph(int8, device, compiled=compile_once(int8, device))
    with optional_stage("comparing the outputs", "How far they are from FP32 is not known"):
        distances = compare_named_outputs(fp32, int8, inputs, compile_exactly=compile_once)
    return executed, distances


def compare_named_outputs(
    fp32: Model,
    int8: Model,
    inputs: list[dict[int, Array]],
    device: str = "CPU",
    compile_exactly: Compile = compile_model,
) -> tuple[OutputDistance, ...]:
    """The distance of each output, under the name of its tensor; see :func:`compare_outputs`."""
    distances = compare_outputs(fp32, int8, inputs, device, compile_exactly)
    return tuple(
        replace(distance, output=min(port.get_names(), default=distance.output))
        for distance, port in zip(distances, fp32.outputs, strict=True)
    )


def time_models(
    fp32: Model, int8: Model, inputs: list[dict[int, Array]], device: str, executed: ExecutedGraph | None
) -> SpeedResult | None:
    """Time both models for ``SECONDS_OF_TIMING``; None where that is no time.

    Raises:
        ModelError: the device cannot compile a model.
        EngineError: an inference failed.
    """
    if SECONDS_OF_TIMING <= 0:
        return None
    speed = measure_speedup(fp32, int8, inputs[:TIMED_SAMPLES], SECONDS_OF_TIMING, device)
    return speed if executed is None else replace(speed, instruction_set=name_instruction_set(executed))


def find_device_for(target_device: str) -> str | None:
    """The device of this machine that runs models made for ``target_device``; None if there is none."""
    name = target_device.upper()
    name = load_target_devices()[name].runs_as if name in load_target_devices() else name
    here = get_runtime().available_devices
    return name if any(device == name or device.startswith(f"{name}.") for device in here) else None


def load_inputs(
    model: Model,
    data_loader: Any,
    indices: Iterable[int],
    max_bytes: int = MAX_BYTES,
    batch_size: int = 1,
    settings: EngineSettings | None = None,
) -> list[dict[int, Array]]:
    """What inferences over ``batch_size`` samples take, for as many of ``indices`` as fit into ``max_bytes``.

    ``settings`` are those of the engine that has the data: they say how samples become inputs.

    Returns:
        One feed for each inference, at least one.

    Raises:
        DataError: a sample cannot be used.
    """
    sampler = BatchSampler(data_loader, batch_size, list(indices))
    return [feed.inputs for feed in load_feeds(model, data_loader, sampler, settings, max_bytes)]

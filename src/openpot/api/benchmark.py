"""How fast a model is, or an INT8 model beside its float original: in turns, and layer by layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from openpot.api.run_settings import describe_machine, name_model
from openpot.data.source import open_data
from openpot.errors import ConfigError
from openpot.graph.operation_kinds import MAC_OPERATIONS, SEQUENCES
from openpot.graph.read import read_model
from openpot.graph.revisions import snapshot_graphs
from openpot.inference.compile import check_device
from openpot.inference.model_inputs import describe_inputs
from openpot.inference.placeholder_inputs import make_placeholder_inputs
from openpot.measure.executed_graph import ExecutedGraph, name_instruction_set, read_executed_graph
from openpot.measure.operation_times import TimedNode, time_side_by_side
from openpot.measure.side_by_side import TIMED_SAMPLES, load_inputs
from openpot.measure.speed import measure_speedup
from openpot.progress import Progress, SilentProgress, stage
from openpot.progress_display import shows_progress
from openpot.report.benchmark_result import BenchmarkResult, LayerTime
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.types import Model

PROFILED_INPUTS = 4
SHARE_OF_LAYERS = 0.3
"""Of the time that is to be measured for, this share goes to the layers."""


@shows_progress
def benchmark(
    model: Any,
    other: Any = None,
    data: Any = None,
    *,
    device: str = "CPU",
    seconds: float = 10.0,
    example_input: Any = None,
    progress: Progress | None = None,
) -> BenchmarkResult:
    """Time a model in exact f32 and in the device's default precision, and another one beside it, in turns.

    The times of layers are those that OpenVINO's own counters give.

    Args:
        model: a path, an ``openvino.Model``, or a torch module with ``example_input``.
        other: a model with the same inputs, such as the INT8 one; runs as users run it.
        data: samples: see :func:`openpot.data.source.open_data`; None for made-up ones, where sizes are not open.
        device: where to run.
        seconds: about how long to measure.
        example_input: what a torch module is called with.
        progress: is informed of how the work goes on; None shows bars on terminals and in notebooks.

    Raises:
        ConfigError: the inputs are open and there are no data, or ``seconds`` is no positive number.
        DeviceError: the device is not on this machine.
        ModelError: a model cannot be read or compiled.
        DataError: a sample cannot be used.
    """
    shown = progress or SilentProgress()
    check_device(device)
    if not seconds > 0:
        raise ConfigError(f"seconds must be a positive number, got {seconds!r}")
    first = read_model(model, None, example_input)
    second = first if other is None else read_model(other)
    feeds = load_benchmark_inputs(first, data)
    with stage(shown, "timing the models"):
        speed = measure_speedup(first, second, feeds, (1 - SHARE_OF_LAYERS) * seconds, device)
    with stage(shown, "timing the layers"):
        executed = read_executed_graph(second, device)
        models = [first] if other is None else [first, second]
        times = time_side_by_side(models, feeds[:PROFILED_INPUTS], SHARE_OF_LAYERS * seconds, device)
    return BenchmarkResult(
        model=name_model(model, first),
        other=None if other is None else name_model(other, second),
        device=device,
        speed=replace(
            speed,
            instruction_set=name_instruction_set(executed),
            over_default=None if other is None else speed.over_default,
        ),
        layers=list_layer_times(second, executed, times, len(feeds[:PROFILED_INPUTS])),
        settings=describe_machine(),
    )


def load_benchmark_inputs(model: Model, data: Any) -> Sequence[Mapping[int, Array]]:
    """Inputs of some inferences; made-up ones without data."""
    if data is None:
        return [make_placeholder_inputs(model, seed) for seed in range(PROFILED_INPUTS)]
    loader = open_data(data, describe_inputs(model), TIMED_SAMPLES)
    return load_inputs(model, loader, range(min(TIMED_SAMPLES, len(loader))))


def list_layer_times(
    model: Model, executed: ExecutedGraph, times: Sequence[Sequence[TimedNode]], num_feeds: int
) -> tuple[LayerTime, ...]:
    """The executed nodes of the last of the timed models, the longest first, beside those of the first.

    Args:
        model: the last one.
        executed: what the device runs of it.
        times: executed nodes of each model, summed over the inferences.
        num_feeds: how many inferences these are.
    """
    snapshot = snapshot_graphs(model)[""]
    types = {name: snapshot[name].type for name in snapshot.nodes}
    per_model = [
        {choose_leader(node, types): 1000 * node.seconds / num_feeds for node in nodes if node.operations}
        for nodes in times
    ]
    first, last = per_model[0], per_model[-1]
    rows = [
        LayerTime(
            operation=name,
            type=executed[name].layer_type if name in executed else types.get(name, ""),
            precision=executed[name].computes_in if name in executed else "",
            kernel=executed[name].kernel if name in executed else "",
            milliseconds=first.get(name),
            milliseconds_other=None if len(per_model) == 1 else last.get(name),
        )
        for name in dict.fromkeys((*last, *first))
    ]
    longest = [row for row in rows if (row.milliseconds or 0.0) + (row.milliseconds_other or 0.0) > 0]
    return tuple(sorted(longest, key=lambda row: -max(row.milliseconds or 0.0, row.milliseconds_other or 0.0)))


def choose_leader(node: TimedNode, types: Mapping[str, str]) -> str:
    """The operation that a node is named after: one that multiplies, else the first in the order of the model."""
    ordered = [name for name in types if name in node.operations] or sorted(node.operations)
    multiplying = [name for name in ordered if types.get(name) in MAC_OPERATIONS | SEQUENCES]
    return (multiplying or ordered)[0]

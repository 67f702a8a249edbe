"""Two models on the same data: outputs, layers, executed precision, speed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openpot.api.run_settings import describe_machine, name_model
from openpot.data.source import open_data
from openpot.errors import ConfigError
from openpot.graph.read import read_model
from openpot.graph.revisions import snapshot_graphs
from openpot.inference.compile import check_device
from openpot.inference.model_inputs import describe_inputs
from openpot.measure.default_precision import measure_default_precision
from openpot.measure.executed_graph import ExecutedGraph, read_executed_graph
from openpot.measure.layer_errors import measure_layer_errors
from openpot.measure.output_distance import OutputDistance
from openpot.measure.side_by_side import TIMED_SAMPLES, compare_named_outputs, load_inputs, time_models
from openpot.progress import Progress, SilentProgress, stage
from openpot.progress_display import shows_progress
from openpot.report.comparison import Comparison, LayerComparison

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openpot.graph.types import Model

COMPARED_SAMPLES = 64
LAYER_SAMPLES = 16
"""The tensors of all layers are compared on fewer samples: they are much larger than outputs."""


@shows_progress
def compare(  # noqa: PLR0913  every choice has a default
    model: Any,
    other: Any,
    data: Any,
    *,
    device: str = "CPU",
    subset_size: int = COMPARED_SAMPLES,
    timing: bool = True,
    example_input: Any = None,
    progress: Progress | None = None,
) -> Comparison:
    """Run two models on the same samples: how far outputs and layers are apart, what computes in what, how fast.

    Args:
        model: the reference: a path, an ``openvino.Model``, or a torch module with ``example_input``. It computes in
            exact f32 where it is not INT8.
        other: the model in question, with the same inputs and outputs; its layers are found by their names.
        data: samples: see :func:`openpot.data.source.open_data`.
        device: where to run.
        subset_size: how many samples are compared at most, the first ones.
        timing: time both models, as users run the second.
        example_input: what a torch module is called with.
        progress: is informed of how the work goes on; None shows bars on terminals and in notebooks.

    Raises:
        ConfigError: ``subset_size`` is below 2: an error is a share of the variation between samples.
        DeviceError: the device is not on this machine.
        ModelError: a model cannot be read or compiled, or the outputs differ in number.
        DataError: a sample cannot be used.
    """
    if subset_size < 2:
        raise ConfigError(f"subset_size must be 2 or more, got {subset_size!r}: errors are shares of a variation")
    check_device(device)
    shown = progress or SilentProgress()
    first, second = read_model(model, None, example_input), read_model(other)
    loader = open_data(data, describe_inputs(first), subset_size)
    feeds = load_inputs(first, loader, range(min(subset_size, len(loader))))
    with stage(shown, "comparing the outputs"):
        outputs = compare_named_outputs(first, second, feeds, device)
    with stage(shown, "comparing the layers"):
        errors = measure_layer_errors(first, second, feeds[:LAYER_SAMPLES], device)
        executed = [read_executed_graph(each, device) for each in (first, second)]
    speed, default = None, None
    if timing:
        with stage(shown, "timing both models"):
            default = measure_default_precision(first, second, feeds[:TIMED_SAMPLES], device)
            speed = time_models(first, second, feeds, device, executed[1])
    return Comparison(
        model=name_model(model, first),
        other=name_model(other, second),
        outputs=outputs,
        layers=describe_compared_layers(first, errors, *executed),
        samples=len(feeds),
        speed=speed,
        default_precision=default,
        settings=describe_machine(),
    )


def describe_compared_layers(
    model: Model, errors: Mapping[str, OutputDistance], executed: ExecutedGraph, executed_other: ExecutedGraph
) -> tuple[LayerComparison, ...]:
    """One record for each layer that both models have."""
    snapshot = snapshot_graphs(model)[""]
    return tuple(
        LayerComparison(
            name,
            snapshot[name].type,
            distance.relative,
            distance.sqnr_db,
            executed[name].computes_in if name in executed else "",
            executed_other[name].computes_in if name in executed_other else "",
        )
        for name, distance in errors.items()
    )

"""Quantizers of inputs whose values lie on a grid take that grid: then they lose nothing.

8-bit images, and what an affine map with one scale makes of them, have at most 256 values. A range that follows the
extremes of the calibration samples puts its levels between these values, and every pixel is rounded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from openpot.algorithms.min_max import MinMaxResult, QuantizerRecord
from openpot.graph.revisions import snapshot_graphs
from openpot.inference.feeds import group_steps
from openpot.inference.model_inputs import number_inputs
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.numerics.value_grid import find_grid
from openpot.placement.plan import PlannedQuantizer, QuantizerKind
from openpot.rewrites.set_limits import set_limits
from openpot.scheme import PerTensor, QuantizationMode
from openpot.trial.reference_run import run_reference
from openpot.trial.trial_graph import build_reference_graph
from openpot.typing_aliases import Array

if TYPE_CHECKING:
    from openpot.graph.snapshot import GraphSnapshot
    from openpot.graph.tensor_id import TensorId
    from openpot.graph.types import Model

_AFFINE = frozenset({"Convert", "Add", "Subtract", "Multiply", "Divide"})
_MOVING = frozenset(
    {
        "Transpose", "Reshape", "Squeeze", "Unsqueeze", "Gather", "Concat", "Split", "VariadicSplit", "StridedSlice",
        "Slice", "ReverseSequence", "Reverse", "DepthToSpace", "SpaceToDepth", "ShuffleChannels",
    }
)  # fmt: skip
GRID_SAMPLES = 8
"""How many samples are looked at: a grid is a matter of all values or of none."""


def use_input_grids(
    reference: Model, model: Model, done: MinMaxResult, feeds: Sequence[dict[int, Array]], device: str = "CPU"
) -> MinMaxResult:
    """Give quantizers of inputs the grid of their values, in place; returns the record with these limits.

    Args:
        reference: the float model.
        model: the quantized model.
        done: its quantizers.
        feeds: inputs of calibration samples.
        device: where to run what lies between the inputs and the quantizers.

    Raises:
        ModelError: that cannot be compiled.
        EngineError: an inference failed.
    """
    snapshot = snapshot_graphs(reference)[""]
    of_inputs = [quantizer for quantizer in done.quantizers if _is_of_input(snapshot, quantizer.planned)]
    if not of_inputs or not feeds:
        return done
    values = _observe_values(
        reference, [quantizer.planned.tensor for quantizer in of_inputs], feeds[:GRID_SAMPLES], device
    )
    grid_limits = {
        quantizer.name: limits
        for quantizer in of_inputs
        if (limits := _find_grid_limits(quantizer, values)) is not None
    }
    if not grid_limits:
        return done
    set_limits(model, grid_limits)
    quantizers = tuple(
        replace(quantizer, limits=grid_limits.get(quantizer.name, quantizer.limits)) for quantizer in done.quantizers
    )
    average = {name: limits for name, limits in done.average.items() if name not in grid_limits}
    return replace(done, quantizers=quantizers, average=average)


def _find_grid_limits(record: QuantizerRecord, values: Mapping[TensorId, Sequence[Array]]) -> FakeQuantizeLimits | None:
    """The grid of a quantizer, if there is one that holds the range which all calibration samples have."""
    levels = record.limits.levels
    grid = find_grid(values[record.planned.tensor], levels)
    limits = None if grid is None else grid.compute_limits(levels)
    if grid is None or limits is None:
        return None
    is_signed_evenly = limits.input_low >= 0 or abs(float(limits.input_low + limits.input_high)) <= 1.5 * grid.step
    if record.planned.config.mode == QuantizationMode.SYMMETRIC and not is_signed_evenly:
        return None
    # Another sample may hold values that these few do not; the range that was observed is at most rounded outwards.
    lacks = max(limits.input_low - record.limits.input_low, record.limits.input_high - limits.input_high)
    return limits if float(lacks) <= grid.step else None


def _is_of_input(snapshot: GraphSnapshot, quantizer: PlannedQuantizer) -> bool:
    """Whether a quantizer stands on an input, after nothing but affine maps and what moves values."""
    if quantizer.kind != QuantizerKind.ACTIVATIONS or quantizer.group is not None:
        return False
    if not isinstance(quantizer.granularity, PerTensor):
        return False
    pending, has_input = [quantizer.tensor.node], False
    while pending:
        node = snapshot[pending.pop()]
        if node.type == "Parameter":
            has_input = True
        elif node.name not in snapshot.constants:
            if node.type not in _AFFINE | _MOVING:
                return False
            pending += [source.node for source in node.inputs]
    return has_input


def _observe_values(
    reference: Model, tensors: Sequence[TensorId], feeds: Sequence[dict[int, Array]], device: str
) -> dict[TensorId, list[Array]]:
    numbers = number_inputs(reference)
    values = {tensor: [feed[numbers[tensor.node]] for feed in feeds] for tensor in tensors if tensor.node in numbers}
    inner = [tensor for tensor in tensors if tensor not in values]
    if inner:
        samples = range(len(group_steps(feeds)))
        run = run_reference(build_reference_graph(reference, {}, inner), feeds, False, samples, device)
        values |= {tensor: [outputs[number] for outputs in run.outputs] for number, tensor in enumerate(inner)}
    return values

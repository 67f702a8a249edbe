"""Additions and poolings between INT8 convolutions on 8-bit data, where the outputs hardly notice.

What this buys is memory traffic: up to a third of the latency of a residual network (``docs/speed.md``). Where the
device does not fuse the quantizers it reorders data instead, and is slower: then its executed graph has not fewer
nodes than before. What it costs is judged on the model as it runs: all connections are tried together, then fewer of
those that are close to the outputs.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from openpot.algorithms.min_max import MinMaxResult, QuantizerRecord
from openpot.config.quantizer import QuantizerConfig
from openpot.graph.operation_kinds import CONVOLUTIONS
from openpot.graph.tensor_id import InputId, TensorId
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.numerics.ranges import RangeRule
from openpot.placement.connections import Connection, find_connections
from openpot.placement.plan import PlannedQuantizer, QuantizationPlan, QuantizerKind
from openpot.rewrites.insert_fake_quantize import insert_quantizers
from openpot.scheme import PerTensor, QuantizationMode
from openpot.search.quantized_variant import QuantizedVariant, make_saved_form
from openpot.search.weight_storage import HARDLY_FURTHER
from openpot.trial.float_outputs import FloatOutputs
from openpot.trial.tensor_extremes import observe_extremes
from openpot.typing_aliases import Array

logger = logging.getLogger(__name__)

LEVELS = 256
SHARES = (1.0, 0.5)
"""How many of the connections are tried, from the inputs on: errors close to the outputs are diluted least."""


@dataclass(frozen=True, eq=False)
class Connected:
    """A variant with 8-bit connections, and the error of its outputs as it runs; None if there are none."""

    variant: QuantizedVariant
    error: float | None = None


def quantize_connections(
    variant: QuantizedVariant, outputs: FloatOutputs, error: float, limit: float, device: str
) -> Connected:
    """Quantize what lies between INT8 convolutions as far as the outputs bear it; the variant itself is not changed.

    Args:
        variant: a single model.
        outputs: those of the float model on calibration samples: all tell ranges, those that validate tell errors.
        error: that of the worst output now, as a share of its variation between samples.
        limit: what it may be.
        device: where the model is for.

    Raises:
        ModelError: a model cannot be compiled.
        EngineError: an inference failed.
    """
    snapshot = variant.reference.snapshot()
    decided = {decision.operation for decision in variant.min_max.plan.decisions if decision.quantized}
    convolutions = {node.name for node in snapshot.nodes_of_type(*CONVOLUTIONS) if node.name in decided}
    connections = find_connections(snapshot, convolutions)
    if not any(len(connection.inputs) > 1 for connection in connections):
        return Connected(variant)
    limits = _choose_limits(variant, connections, outputs.feeds, device)
    usable = [each for each in connections if all(tensor in limits for _, tensor in each.inputs)]
    plain = outputs.measure(make_saved_form(variant.model), device)
    before = max(error, plain.error)  # a trial simulates: the device may be further off without any of this
    for share in SHARES:
        chosen = usable[: round(share * len(usable))]
        if not chosen:
            break
        candidate = _insert(variant, chosen, limits)
        run = outputs.measure(make_saved_form(candidate.model), device)
        saved_nodes = plain.executed.num_nodes - run.executed.num_nodes
        logger.info(
            "%d connections in 8 bits: error %.4f, before %.4f, %d fewer nodes are executed",
            len(chosen), run.error, before, saved_nodes,
        )  # fmt: skip
        if saved_nodes <= 0:
            break
        if run.error <= min(limit, HARDLY_FURTHER * before):
            return Connected(candidate, run.error)
    return Connected(variant)


def _choose_limits(
    variant: QuantizedVariant, connections: Sequence[Connection], feeds: Sequence[dict[int, Array]], device: str
) -> Mapping[TensorId, FakeQuantizeLimits]:
    """The limits that a tensor has before convolutions; of other tensors those of their extremes, around zero."""
    limits = {
        record.planned.tensor: record.limits
        for record in variant.min_max.quantizers
        if record.planned.kind == QuantizerKind.ACTIVATIONS and isinstance(record.planned.granularity, PerTensor)
    }
    tensors = {tensor for connection in connections for _, tensor in connection.inputs if tensor not in limits}
    rule = RangeRule(LEVELS, QuantizationMode.SYMMETRIC)
    extremes = observe_extremes(variant.reference.members[0].model, sorted(tensors), feeds, device) if tensors else {}
    for tensor, (low, high) in extremes.items():
        if np.isfinite([low, high]).all() and low < high:
            limits[tensor] = FakeQuantizeLimits.from_range(*rule(np.array(low), np.array(high)), LEVELS)
    return limits


def _insert(
    variant: QuantizedVariant, connections: Sequence[Connection], limits: Mapping[TensorId, FakeQuantizeLimits]
) -> QuantizedVariant:
    twin = variant.model.copy()
    snapshot = twin.snapshot()
    planned, values = [], {}
    for reader, tensor in (entry for connection in connections for entry in connection.inputs):
        # Where a bias was shifted, the shift lies between the tensor of the float model and its reader.
        quantizer = _plan_quantizer(reader, snapshot[reader.node].inputs[reader.port])
        planned.append(quantizer)
        values[quantizer.name] = limits[tensor]
    insert_quantizers(twin, 0, QuantizationPlan(variant.target_device, "openpot", tuple(planned)), values)
    return replace(variant, model=twin, min_max=_add_records(variant.min_max, planned, values))


def _plan_quantizer(reader: InputId, tensor: TensorId) -> PlannedQuantizer:
    config = QuantizerConfig(mode=QuantizationMode.SYMMETRIC)
    name = f"{reader.node}/fq_input_{reader.port}"
    return PlannedQuantizer(name, tensor, (reader,), QuantizerKind.ACTIVATIONS, config, LEVELS)


def _add_records(
    min_max: MinMaxResult, planned: Sequence[PlannedQuantizer], limits: Mapping[str, FakeQuantizeLimits]
) -> MinMaxResult:
    records = tuple(QuantizerRecord(quantizer, limits[quantizer.name]) for quantizer in planned)
    plan = replace(min_max.plan, quantizers=(*min_max.plan.quantizers, *planned))
    return replace(min_max, plan=plan, quantizers=(*min_max.quantizers, *records))

"""Overflow correction: weights of 16 bits become smaller where sums of products would not fit into 32 bits.

Devices such as GNA add products of 16-bit integers in a 32-bit register, which two products of full size fill. The
largest output of a layer in units of its integer sums (the product of the scales of data and weights) tells whether
that happens. If so, the weights are divided by the excess and the output limits of their FakeQuantize multiplied by it:
the integers get smaller, what they mean does not. The price is a little of the resolution of the weights.

One pass over the calibration data, shared with the algorithms around it: the largest biased output of each layer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from openpot.algorithms.calibrated import CalibratedAlgorithm
from openpot.algorithms.context import Calibration
from openpot.config.weight_correction import OverflowCorrectionConfig
from openpot.graph.moved_values import find_origin
from openpot.graph.node_index import NodeIndex
from openpot.graph.tensor_id import InputId, TensorId
from openpot.graph.weights import constant_value
from openpot.layers.linear_layer import LinearLayer, find_linear_layers
from openpot.layers.quantized_weights import read_original_weights
from openpot.numerics.aggregators import Aggregator, AggregatorKind
from openpot.numerics.reducers import Reducer, ReducerKind
from openpot.placement.virtual_bias import find_bias_add
from openpot.rewrites.read_limits import read_limits
from openpot.rewrites.replace_constant_inputs import replace_constant_inputs
from openpot.rewrites.set_limits import set_limits
from openpot.statistics.spec import StatisticSpec

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.graph.provenance import Provenance
    from openpot.graph.snapshot import GraphSnapshot
    from openpot.graph.types import Model
    from openpot.numerics.fake_quantize import FakeQuantizeLimits

LARGEST_SUM = float(np.iinfo(np.int32).max)
EIGHT_BIT_LEVELS = 255
"""Weights of at most so many levels never fill the register."""


@dataclass(frozen=True)
class OverflowRecord:
    """The integer sums of one layer: the largest one seen in units of the largest 32-bit integer, and the remedy.

    ``ratio`` is what the weights were divided by; 1 where the sums fit.
    """

    layer: str
    largest_sum: float
    ratio: float


@dataclass(frozen=True)
class OverflowCorrectionResult:
    """What OverflowCorrection found, layer by layer in topological order; ``skipped`` maps layers to the reason."""

    layers: tuple[OverflowRecord, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)

    @property
    def corrected(self) -> tuple[str, ...]:
        """The layers whose weights were made smaller."""
        return tuple(record.layer for record in self.layers if record.ratio > 1)


class OverflowCorrection(CalibratedAlgorithm[OverflowCorrectionConfig]):
    """Makes integer sums fit into 32 bits. It belongs after MinMaxQuantization and the bias correction.

    ``result`` is an :class:`OverflowCorrectionResult`. Keys: those of
    :class:`openpot.config.weight_correction.OverflowCorrectionConfig`.
    """

    name = "OverflowCorrection"
    config_class: ClassVar = OverflowCorrectionConfig

    def __init__(self, config: Any = None, engine: Any = None) -> None:
        super().__init__(config, engine)
        self._specs: dict[str, StatisticSpec] = {}

    def required_statistics(self, model: CompressedModel) -> tuple[StatisticSpec, ...]:
        """The largest magnitude of the biased output of every layer."""
        self._specs = {}
        for position in range(len(model.members)):
            snapshot = model.snapshot(position)
            for layer in find_linear_layers(snapshot):
                bias = find_bias_add(snapshot, layer.record)
                tensor = TensorId(layer.name if bias is None else bias.name)
                self._specs[model.provenance.original_name(layer.name)] = StatisticSpec(
                    tensor, Reducer(ReducerKind.ABS_MAX), Aggregator(AggregatorKind.MAX)
                )
        return tuple(self._specs.values())

    def apply(self, model: CompressedModel, calibration: Calibration) -> OverflowCorrectionResult:
        """Divide the weights of every layer whose sums would not fit."""
        records: list[OverflowRecord] = []
        skipped: dict[str, str] = {}
        largest = calibration.statistics
        for position, member in enumerate(model.members):
            snapshot, nodes = model.snapshot(position), NodeIndex(member.model)
            groups: dict[str, list[tuple[_WideLayer, float]]] = {}
            for layer in find_linear_layers(snapshot):
                wide = _find_wide_layer(snapshot, nodes, layer)
                spec = self._specs.get(model.provenance.original_name(layer.name))
                if isinstance(wide, str):
                    skipped[layer.name] = wide
                elif wide is not None and spec is not None and spec in largest:
                    sums = float(largest[spec]) / (wide.data_scale * wide.weight_scale)
                    groups.setdefault(wide.quantizer, []).append((wide, sums / LARGEST_SUM))
            for layers in groups.values():
                ratio = max(1.0, *(share for _, share in layers))
                records += [OverflowRecord(wide.layer.name, share, ratio) for wide, share in layers]
                if ratio > 1:
                    _divide_weights(member.model, [wide for wide, _ in layers], ratio, model.provenance)
        return OverflowCorrectionResult(tuple(records), skipped)


@dataclass(frozen=True, eq=False)
class _WideLayer:
    """A layer with weights of more than 8 bits, and what one unit of its integer sums is made of."""

    layer: LinearLayer
    quantizer: str
    limits: FakeQuantizeLimits
    data_scale: float

    @property
    def weight_scale(self) -> float:
        return float(np.max(self.limits.scale))


def _find_wide_layer(snapshot: GraphSnapshot, nodes: NodeIndex, layer: LinearLayer) -> _WideLayer | str | None:
    """The layer if its sums can overflow, None if not, a text if that is not known."""
    if layer.quantizer is None:
        return None
    limits = read_limits(nodes, layer.quantizer)
    if limits.levels <= EIGHT_BIT_LEVELS:
        return None
    node = snapshot[find_origin(snapshot, layer.data).node]
    if node.type != "FakeQuantize":
        return f"the data it reads are not quantized ({node.name!r} is a {node.type}): its sums are no integers"
    return _WideLayer(layer, layer.quantizer, limits, float(np.max(read_limits(nodes, node.name).scale)))


def _divide_weights(graph: Model, layers: list[_WideLayer], ratio: float, provenance: Provenance) -> None:
    """Divide the weights that some layers share, and let their FakeQuantize multiply by the same."""
    first, nodes = layers[0], NodeIndex(graph)
    for wide in layers:
        provenance.record_weights(wide.layer.weights, read_original_weights(nodes, wide.layer, provenance))
    weights = constant_value(nodes, first.layer.constant)
    replace_constant_inputs(graph, {InputId(first.quantizer, 0): weights / np.float32(ratio)}, "divided")
    limits = first.limits
    wider = replace(limits, output_low=limits.output_low * ratio, output_high=limits.output_high * ratio)
    set_limits(graph, {first.quantizer: wider})

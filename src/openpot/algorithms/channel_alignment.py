"""Activation channel alignment: channels between two linear layers get a common centre and width.

One range for a tensor serves wide channels well and narrow ones badly. Where nothing but linear operations lies
between a producer and a convolution, the channels can be shifted and scaled at the one and shifted and scaled back at
the other, and the network computes what it did before (Nagel et al., "Data-Free Quantization Through Weight
Equalization and Bias Correction", 2019; the arithmetic is in :mod:`openpot.numerics.channel_alignment`).

Pairs are ``convolution (+ bias) -> convolution`` in which the second has one group, no padding, unit strides and unit
dilations, and is the only reader of the first. A model without such pairs costs no pass over the data.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from openpot.algorithms.calibrated import CalibratedAlgorithm
from openpot.algorithms.context import Calibration, PipelineContext
from openpot.algorithms.prepared_model import prepare_model
from openpot.config.algorithms import ChannelAlignmentConfig
from openpot.errors import ModelError
from openpot.graph.node_index import NodeIndex
from openpot.graph.operation_kinds import CONVOLUTIONS
from openpot.graph.tensor_id import TensorId
from openpot.graph.weights import constant_value
from openpot.layers.linear_layer import LinearLayer, find_linear_layers
from openpot.numerics.aggregators import Aggregator, AggregatorKind
from openpot.numerics.channel_alignment import QUANTILE_LEVEL, align_pair
from openpot.numerics.reducers import Reducer, ReducerKind
from openpot.rewrites.insert_bias import find_bias, set_biases
from openpot.rewrites.replace_constant_inputs import replace_constant_inputs
from openpot.statistics.calibration_subset import CalibrationSubset, count_samples
from openpot.statistics.spec import StatisticSpec

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.graph.snapshot import GraphSnapshot
    from openpot.graph.types import Model
    from openpot.typing_aliases import Array

ENOUGH_SAMPLES = 32
"""The median over inferences hardly changes with more."""


@dataclass(frozen=True)
class AlignedLayers:
    """A pair of layers between which channels were equalized; ``largest_scale`` is the largest factor (or inverse)."""

    producer: str
    consumer: str
    centred: bool
    largest_scale: float


@dataclass(frozen=True)
class ChannelAlignmentResult:
    """What ActivationChannelAlignment did; ``skipped`` maps pairs that were left alone to the reason."""

    pairs: tuple[AlignedLayers, ...] = ()
    skipped: dict[str, str] = field(default_factory=dict)

    @property
    def consumers(self) -> frozenset[str]:
        """Layers whose weights were scaled by input channel."""
        return frozenset(pair.consumer for pair in self.pairs)


@dataclass(frozen=True)
class LayerPair:
    """Two layers whose common channels can be equalized; ``between`` is what the second reads."""

    producer: LinearLayer
    consumer: LinearLayer
    between: TensorId

    @property
    def specs(self) -> tuple[StatisticSpec, StatisticSpec]:
        """Low and high quantile of each channel, the median over all inferences."""
        low, high = (
            StatisticSpec(
                self.between,
                Reducer(ReducerKind.QUANTILE, channel_axis=1, quantile=level),
                Aggregator(AggregatorKind.MEDIAN),
            )
            for level in (QUANTILE_LEVEL, 1 - QUANTILE_LEVEL)
        )
        return low, high


class ActivationChannelAlignment(CalibratedAlgorithm[ChannelAlignmentConfig]):
    """Evens out the channels between linear layers, by quantiles of what lies between them.

    ``result`` is a :class:`ChannelAlignmentResult`. Keys: those of
    :class:`openpot.config.algorithms.ChannelAlignmentConfig`.

    Args:
        config: parameters.
        engine: runs the model on the calibration samples.
        max_samples: how many of these are used at most; None for all, as in POT.
    """

    name = "ActivationChannelAlignment"
    config_class: ClassVar = ChannelAlignmentConfig

    def __init__(self, config: Any = None, engine: Any = None, *, max_samples: int | None = ENOUGH_SAMPLES) -> None:
        super().__init__(config, engine)
        self._max_samples = max_samples

    @property
    def change_original_model(self) -> bool:
        """True: the tensors between the layers are others afterwards."""
        return True

    def calibration_subset(self) -> CalibrationSubset:
        """At most ``max_samples`` of the samples, evenly spread."""
        subset = super().calibration_subset()
        if self._max_samples is None:
            return subset
        available = subset if self._engine is None else subset.clip_to(count_samples(self._engine))
        return replace(subset, every=max(1, math.ceil((available.num_samples or 0) / self._max_samples)))

    def extend_context(self, context: PipelineContext) -> PipelineContext:
        """Names the layers whose weights were scaled by input channel."""
        return replace(context, aligned_layers=context.aligned_layers | self.result.consumers)

    def prepare(self, model: CompressedModel) -> None:
        """Fold batch normalisation, so that layers that it separates meet."""
        prepare_model(model)

    def required_statistics(self, model: CompressedModel) -> tuple[StatisticSpec, ...]:
        """Two quantiles of each channel between the layers of every pair; nothing without pairs."""
        pairs = [pair for position in range(len(model.members)) for pair in find_pairs(model.snapshot(position))]
        return tuple(spec for pair in pairs for spec in pair.specs)

    def statistic_name(self, spec: StatisticSpec) -> str:
        """Ends of the range of a channel, as POT calls them."""
        return "channel_range_min" if (spec.reducer.quantile or 0.0) < 1 - QUANTILE_LEVEL else "channel_range_max"

    def apply(self, model: CompressedModel, calibration: Calibration) -> ChannelAlignmentResult:
        """Shift and scale the channels of every pair, from the inputs of the model to its outputs."""
        aligned: list[AlignedLayers] = []
        skipped: dict[str, str] = {}
        for position in range(len(model.members)):
            for pair in find_pairs(model.snapshot(position)):
                if any(spec not in calibration.statistics for spec in pair.specs):
                    skipped[pair.consumer.name] = "no calibration sample gave its input a value"
                    continue
                low, high = (calibration.statistics[spec] for spec in pair.specs)
                try:
                    aligned.append(_align(model.members[position].model, pair, low, high))
                except ModelError as error:
                    skipped[pair.consumer.name] = str(error)
        return ChannelAlignmentResult(tuple(aligned), skipped)


def find_pairs(snapshot: GraphSnapshot) -> tuple[LayerPair, ...]:
    """The pairs of a graph, in topological order of the second layer."""
    layers = {layer.name: layer for layer in find_linear_layers(snapshot)}
    pairs = (_find_pair(snapshot, layers, layer) for layer in layers.values() if _keeps_channels_apart(layer))
    return tuple(pair for pair in pairs if pair is not None)


def _keeps_channels_apart(layer: LinearLayer) -> bool:
    """Whether a layer takes every channel as it is at every position: scaling and shifting can be undone in it."""
    if layer.record.type != "Convolution" or layer.quantizer is not None:
        return False
    attributes = layer.record.attributes
    units = [*_read_numbers(attributes, "strides"), *_read_numbers(attributes, "dilations")]
    pads = [*_read_numbers(attributes, "pads_begin"), *_read_numbers(attributes, "pads_end")]
    is_padded = any(pads) or str(attributes.get("auto_pad", "explicit")).lower() in ("same_upper", "same_lower")
    return all(unit == 1 for unit in units) and not is_padded


def _find_pair(snapshot: GraphSnapshot, layers: Mapping[str, LinearLayer], consumer: LinearLayer) -> LayerPair | None:
    between = consumer.data
    if len(snapshot.readers(between.node)) != 1:
        return None
    producer = layers.get(between.node)
    if producer is None:
        bias = snapshot[between.node]
        varying = [source.node for source in bias.inputs if source.node not in snapshot.constants]
        if bias.type != "Add" or len(varying) != 1 or len(snapshot.readers(varying[0])) != 1:
            return None
        producer = layers.get(varying[0])
    if producer is None or producer.record.type not in CONVOLUTIONS or producer.quantizer:
        return None
    return LayerPair(producer, consumer, between)


def _align(graph: Model, pair: LayerPair, low: Array, high: Array) -> AlignedLayers:
    nodes = NodeIndex(graph)
    weights, consumer_weights = (
        constant_value(nodes, nodes.input(layer.weights).get_source_output())
        for layer in (pair.producer, pair.consumer)
    )
    biases = [find_bias(nodes, layer.name).values for layer in (pair.producer, pair.consumer)]
    is_grouped = pair.producer.record.type == "GroupConvolution"
    filters = weights.reshape(-1, *weights.shape[2:]) if is_grouped else weights
    result = align_pair((filters, biases[0]), (consumer_weights, biases[1]), low, high)
    new_weights = {
        pair.producer.weights: result.producer_weights.reshape(weights.shape),
        pair.consumer.weights: result.consumer_weights,
    }
    replace_constant_inputs(graph, new_weights, "aligned")
    new_biases = {pair.producer.name: result.producer_bias, pair.consumer.name: result.consumer_bias}
    set_biases(graph, {name: bias for name, bias in new_biases.items() if bias is not None})
    largest = float(np.max(np.maximum(result.scales, 1 / result.scales), initial=1.0))
    return AlignedLayers(pair.producer.name, pair.consumer.name, bool(np.any(result.centres)), largest)


def _read_numbers(attributes: Mapping[str, object], name: str) -> Sequence[int]:
    values = attributes.get(name, ())
    return values if isinstance(values, Sequence) else ()

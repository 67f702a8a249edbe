"""Estimation of quantization noise: how much of each layer's output is noise.

The signal-to-quantization-noise ratio ``mean(y^2) / mean((y - y_quantized)^2)`` of every layer with quantized weights,
either with the noise of all layers before it (``full_fq_noise``) or for an input without noise, which tells what the
layer adds itself (``layerwise_fq_noise``). Both networks run as one model (:mod:`openpot.rewrites.noise_graph`), so
that it costs a single pass over the calibration data, at twice the work; nothing is compiled for single layers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from openpot.algorithms.calibrated import CalibratedAlgorithm
from openpot.algorithms.calibration import require_engine
from openpot.algorithms.context import Calibration
from openpot.atomic_files import write_text
from openpot.config.noise_estimation import NoiseMode, NoiseType, QuantNoiseEstimatorConfig
from openpot.errors import ConfigError, EngineError
from openpot.graph.model import CompressedModel
from openpot.graph.tensor_id import InputId, TensorId
from openpot.layers.linear_layer import LinearLayer, find_linear_layers
from openpot.numerics.aggregators import Aggregator, AggregatorKind
from openpot.numerics.reducers import Reducer, ReducerKind
from openpot.placement.virtual_bias import find_bias_add
from openpot.rewrites.noise_graph import LayerPlaces, NoiseGraph, build_noise_graph
from openpot.rewrites.remove_fake_quantize import copy_in_float
from openpot.statistics.collector import collect
from openpot.statistics.spec import StatisticSpec

if TYPE_CHECKING:
    from openpot.graph.snapshot import GraphSnapshot
    from openpot.typing_aliases import Array


@dataclass(frozen=True)
class LayerNoiseRecord:
    """Signal and noise at the output of one layer: their ratio, and that of each channel where it was asked for."""

    layer: str
    sqnr: float
    channels: tuple[float, ...] = ()

    @property
    def decibel(self) -> float:
        """The ratio in decibel."""
        return 10 * math.log10(self.sqnr) if self.sqnr > 0 else -math.inf


@dataclass(frozen=True)
class QuantNoiseResult:
    """What QuantNoiseEstimator measured, layer by layer in topological order, and how."""

    mode: str
    type: str
    layers: tuple[LayerNoiseRecord, ...] = ()

    @property
    def worst_first(self) -> tuple[LayerNoiseRecord, ...]:
        """The layers by rising ratio."""
        return tuple(sorted(self.layers, key=lambda record: record.sqnr))

    def to_csv(self) -> str:
        """A table with one row for each layer."""
        rows = [f"{record.layer},{record.sqnr:.9g},{record.decibel:.4f}" for record in self.layers]
        return "\n".join(["layer,sqnr,sqnr_db", *rows, ""])


class QuantNoiseEstimator(CalibratedAlgorithm[QuantNoiseEstimatorConfig]):
    """Measures the noise of a quantized model and leaves the model as it is. It belongs after a quantization.

    Put into the same pipeline as the quantization it compares with the original network; alone, with the given model
    without its quantizers. ``result`` is a :class:`QuantNoiseResult`. Keys: those of
    :class:`openpot.config.noise_estimation.QuantNoiseEstimatorConfig`.
    """

    name = "QuantNoiseEstimator"
    config_class: ClassVar = QuantNoiseEstimatorConfig

    @property
    def needs_original(self) -> bool:
        """True: it runs together with the quantized model."""
        return True

    def apply(self, model: CompressedModel, calibration: Calibration) -> QuantNoiseResult:
        """Run both models as one.

        Raises:
            ConfigError: the model is not quantized.
            EngineError: the model is a cascade.
        """
        if model.is_cascade:
            raise EngineError("QuantNoiseEstimator compares single models: give it the members of a cascade one by one")
        layers = [layer for layer in find_linear_layers(model.snapshot()) if layer.quantizer is not None]
        if not layers:
            raise ConfigError("QuantNoiseEstimator needs a quantized model: put it after DefaultQuantization")
        reference = copy_in_float(calibration.original or model)
        graph = self._build_graph(reference, model, layers)
        signals = {
            layer.name: _place(reference.snapshot(), model.provenance.original_name(layer.name)) for layer in layers
        }
        records = self._measure(graph, signals, layers)
        result = QuantNoiseResult(self.settings.mode.value, self.settings.type.value, records)
        if self.settings.results_dump_filename is not None:
            write_text(self.settings.results_dump_filename, result.to_csv())
        return result

    def _build_graph(self, reference: CompressedModel, model: CompressedModel, layers: list[LinearLayer]) -> NoiseGraph:
        original, snapshot = reference.snapshot(), model.snapshot()
        places = [
            LayerPlaces(
                layer.name,
                _place(original, model.provenance.original_name(layer.name)),
                _place(snapshot, layer.name),
                layer.output_axis,
            )
            for layer in layers
        ]
        clean = _clean_inputs(reference, model, layers) if self.settings.mode == NoiseMode.LAYERWISE else {}
        return build_noise_graph(
            reference.members[0].model,
            model.members[0].model,
            places,
            clean,
            self.settings.eps,
            average_positions=self.settings.type == NoiseType.SAMPLE_PER_CHANNEL,
        )

    def _measure(
        self, graph: NoiseGraph, signals: Mapping[str, TensorId], layers: list[LinearLayer]
    ) -> tuple[LayerNoiseRecord, ...]:
        engine = require_engine(self._engine)
        specs = {layer.name: self._make_specs(layer, signals[layer.name], graph) for layer in layers}
        wanted = tuple(spec for pair in specs.values() for spec in pair)
        sampler = self.calibration_subset().make_sampler(engine)
        values = collect(engine, CompressedModel(graph=graph.model), wanted, sampler).answers
        return tuple(
            _record(name, [values[spec] for spec in pair], self.settings.eps)
            for name, pair in specs.items()
            if all(spec in values for spec in pair)
        )

    def _make_specs(self, layer: LinearLayer, signal: TensorId, graph: NoiseGraph) -> tuple[StatisticSpec, ...]:
        """Squared signal and squared noise, or their ratio where that is taken before the average."""
        mean = Aggregator(AggregatorKind.MEAN)
        if self.settings.type in (NoiseType.ELTWISE_MEAN, NoiseType.SAMPLE_PER_CHANNEL):
            return (StatisticSpec(graph.ratios[layer.name], Reducer(ReducerKind.MEAN), mean),)
        axis = layer.output_axis if self.settings.type == NoiseType.PER_CHANNEL else None
        reducer = Reducer(ReducerKind.MEAN_SQUARE, channel_axis=axis)
        return StatisticSpec(signal, reducer, mean), StatisticSpec(graph.noise[layer.name], reducer, mean)


def _record(layer: str, values: list[Array], eps: float) -> LayerNoiseRecord:
    if len(values) == 1:
        return LayerNoiseRecord(layer, float(values[0]))
    ratios = np.asarray(values[0] / (values[1] + eps))
    channels = tuple(float(ratio) for ratio in ratios) if ratios.ndim else ()
    return LayerNoiseRecord(layer, float(ratios.mean()), channels)


def _place(snapshot: GraphSnapshot, layer: str) -> TensorId:
    """The output of a layer, with its bias."""
    bias = find_bias_add(snapshot, snapshot[layer])
    return TensorId(layer if bias is None else bias.name)


def _clean_inputs(
    reference: CompressedModel, model: CompressedModel, layers: list[LinearLayer]
) -> dict[InputId, TensorId]:
    """What must read the floating-point network so that every layer gets an input without noise of others."""
    quantized = model.snapshot()
    readers = {InputId(node.name, 0): node.inputs[0] for node in quantized.nodes_of_type("FakeQuantize")}
    readers |= {
        InputId(layer.name, 1 - layer.weights.port): layer.data
        for layer in layers
        if quantized[layer.data.node].type != "FakeQuantize"
    }
    counterparts: dict[InputId, TensorId] = {}
    for reader, source in readers.items():
        if source.node in quantized.constants:
            continue
        clean = _find_counterpart(reference, model, source)
        if clean is not None:
            counterparts[reader] = clean
    return counterparts


def _find_counterpart(reference: CompressedModel, model: CompressedModel, tensor: TensorId) -> TensorId | None:
    """The same tensor of the floating-point network; biases that were inserted stand for what they follow."""
    original, quantized = reference.snapshot(), model.snapshot()
    name = model.provenance.original_name(tensor.node)
    if name in original and original[name].type != "FakeQuantize":
        return TensorId(name, tensor.port)
    record = quantized[tensor.node]
    if record.type == "Add":
        varying = [source for source in record.inputs if source.node not in quantized.constants]
        return _find_counterpart(reference, model, varying[0]) if len(varying) == 1 else None
    return None

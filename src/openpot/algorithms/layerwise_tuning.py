"""Layer-wise tuning of a quantized network: every layer gives again what it gives in float, as far as integers can.

After layer-wise reconstruction (Nagel et al., "Up or down? Adaptive rounding for post-training quantization", 2020;
Hubara et al., "Accurate post-training quantization with small calibration sets", 2021), in closed form: weights are
fitted by ridge regression to the inputs that the quantized network makes, errors of earlier layers included, and
rounded as in GPTQ (:mod:`openpot.numerics.fitted_rounding`); the bias takes the mean. Scales stay.

Layers are fitted in their order on what their fitted predecessors make: one pass over ``calibration_indices_pool``
samples with the float network, and one with the quantized network for each level of layers below each other. Every
fourth sample judges: a filter changes only if its error falls on these, and all is undone if the outputs come no closer
on them.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from openpot.graph.model import CompressedModel
from openpot.graph.node_index import NodeIndex
from openpot.graph.tensor_id import InputId, TensorId
from openpot.graph.weights import constant_value
from openpot.layers.layer_levels import find_layer_levels
from openpot.layers.layer_rows import RowSampling, numbered, stream_tensors
from openpot.layers.linear_layer import LinearLayer, find_linear_layers
from openpot.layers.quantized_weights import read_quantized_weights
from openpot.layers.regression_layer import RegressionLayer, make_regression_layer, renamed
from openpot.measure.side_by_side import load_inputs
from openpot.numerics.fake_quantize import fake_quantize
from openpot.numerics.fitted_rounding import LevelGrid, regressed, rounded
from openpot.numerics.layer_moments import LayerMoments
from openpot.numerics.saturation import LARGEST_INTEGER, pair_magnitude
from openpot.rewrites.insert_bias import find_bias, set_biases
from openpot.rewrites.read_limits import read_limits
from openpot.rewrites.replace_constant_inputs import replace_constant_inputs
from openpot.trial.output_error import measure_output_error

if TYPE_CHECKING:
    from openpot.config.layerwise_tuning import QuantizedTuningKeys
    from openpot.engine.openvino_engine import IEEngine
    from openpot.graph.types import Model
    from openpot.placement.plan import PlannedQuantizer
    from openpot.typing_aliases import Array

logger = logging.getLogger(__name__)

JUDGES_EVERY = 4
FEWEST_SAMPLES = 8


@dataclass(frozen=True)
class TunedLayerRecord:
    """One layer that was fitted: changed filters, and mean squared errors on the validation samples."""

    layer: str
    changed: int
    filters: int
    error_before: float
    error_after: float


@dataclass(frozen=True)
class LayerwiseTuningResult:
    """What layer-wise tuning did.

    Attributes:
        layers: every layer that was fitted.
        skipped: layers that were not, with the reason.
        error_before: of the outputs on the validation samples, as a share of their variation; None if it was not
            measured.
        error_after: the same with the tuned layers.
        reason: why everything is as it was; empty if the tuned layers were taken.
        passes: over the samples.
    """

    layers: tuple[TunedLayerRecord, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)
    error_before: float | None = None
    error_after: float | None = None
    reason: str = ""
    passes: int = 0


class LayerTuner:
    """Tunes the layers of one quantized model.

    Args:
        engine: has the data.
        reference: the float model, with batch normalisation folded.
        model: the quantized one, which is changed.
        planned: its quantizers.
        settings: how much data, and which inputs.
        drawing: samples and positions.
    """

    def __init__(
        self,
        engine: IEEngine,
        reference: Model,
        model: CompressedModel,
        planned: Sequence[PlannedQuantizer],
        settings: QuantizedTuningKeys,
        drawing: RowSampling,
    ) -> None:
        self._engine, self._model, self._settings, self._drawing = engine, model, settings, drawing
        self._reference = CompressedModel(graph=reference)
        self._pairs_along = {one.name: one.pairs_along for one in planned}
        self._layers: dict[str, RegressionLayer] = {}
        self._skipped: dict[str, str] = {}
        self._find_layers()
        self._places = numbered(self._layers)
        self._outputs: dict[str, list[Array]] = {name: [] for name in self._layers}
        self.passes = 0

    def tune(self) -> LayerwiseTuningResult:
        """Fit all layers, level by level."""
        if not self._layers:
            return LayerwiseTuningResult(skipped=self._skipped)
        self._collect_outputs()
        levels = find_layer_levels(self._model.snapshot(), self._layers)
        if self._settings.use_only_fp_inputs:
            levels = dict.fromkeys(levels, 1)
        records: list[TunedLayerRecord] = []
        for level in sorted(set(levels.values())):
            names = [name for name in self._layers if levels[name] == level]
            fitted, judged = self._moments(names)
            records += [self._fit(name, fitted[name], judged[name]) for name in names]
        return LayerwiseTuningResult(tuple(records), self._skipped, passes=self.passes)

    def _find_layers(self) -> None:
        nodes = NodeIndex(self._model.members[0].model)
        reference = self._reference.snapshot()
        for layer in find_linear_layers(self._model.snapshot()):
            if layer.quantizer is None:
                continue
            found = make_regression_layer(layer, tuple(constant_value(nodes, layer.constant).shape))
            if isinstance(found, RegressionLayer) and self._original_name(layer.name) in reference:
                self._layers[layer.name] = found
            else:
                self._skipped[layer.name] = found if isinstance(found, str) else "the float network does not have it"

    def _original_name(self, name: str) -> str:
        return self._model.provenance.original_name(name)

    def _positions(self, name: str, inference: int, available: int) -> Array:
        num_weights = self._layers[name].sizes[1]
        return self._drawing.positions(self._places[name], inference, available, num_weights)

    def _collect_outputs(self) -> None:
        """What every layer gives in the float network, without bias, at the drawn positions."""

        def take(name: str, inference: int, tensor: Array) -> None:
            layer = self._layers[name]
            available = tensor.size // (layer.sizes[0] * layer.sizes[2])
            rows = layer.output_rows(tensor, self._positions(name, inference, available))
            self._outputs[name].append(rows.astype(np.float32))

        tensors = {name: TensorId(self._original_name(name)) for name in self._layers}
        stream_tensors(self._engine, self._reference, tensors, self._drawing.samples, take)
        self.passes += 1

    def _moments(self, names: Sequence[str]) -> tuple[dict[str, LayerMoments], dict[str, LayerMoments]]:
        """Moments of layers on the fitting and on the validation samples."""
        fitted = {name: LayerMoments(*self._layers[name].sizes) for name in names}
        judged = {name: LayerMoments(*self._layers[name].sizes) for name in names}
        from_float = self._settings.use_only_fp_inputs

        def take(name: str, inference: int, tensor: Array) -> None:
            layer = self._layers[name]
            if from_float:
                tensor = self._quantized_input(layer.layer, tensor)
            positions = self._positions(name, inference, layer.num_positions(tensor))
            part = judged if inference % JUDGES_EVERY == JUDGES_EVERY - 1 else fitted
            part[name].add(layer.input_rows(tensor, positions), self._outputs[name][inference])

        model = self._reference if from_float else self._model
        tensors = {name: self._input_tensor(name, from_float) for name in names}
        stream_tensors(self._engine, model, tensors, self._drawing.samples, take)
        self.passes += 1
        return fitted, judged

    def _input_tensor(self, name: str, from_float: bool) -> TensorId:
        if not from_float:
            return self._layers[name].layer.data
        record = self._reference.snapshot()[self._original_name(name)]
        return record.inputs[1 - self._layers[name].layer.weights.port]

    def _quantized_input(self, layer: LinearLayer, tensor: Array) -> Array:
        nodes = NodeIndex(self._model.members[0].model)
        if self._model.snapshot()[layer.data.node].type != "FakeQuantize":
            return tensor
        return fake_quantize(tensor, read_limits(nodes, layer.data.node))

    def _fit(self, name: str, fitted: LayerMoments, judged: LayerMoments) -> TunedLayerRecord:
        found = self._layers[name]
        layer, graph = found.layer, self._model.members[0].model
        nodes = NodeIndex(graph)
        original = constant_value(nodes, layer.constant)
        before = found.matrices(read_quantized_weights(nodes, layer)).astype(np.float64)
        float_bias = find_bias(NodeIndex(self._reference.members[0].model), self._original_name(name)).values
        bias_before = (find_bias(nodes, name).values - float_bias).reshape(before.shape[0], -1)
        grid = self._grid(layer, found, nodes)
        weights = found.matrices(original).astype(np.float64)
        target = np.where(weights == 0, 0.0, regressed(fitted, weights, self._settings.weight_decay))
        levels = rounded(fitted, target, grid, weights == 0)
        after = grid.weight(levels)
        bias_after = fitted.best_bias(after)
        better = judged.errors(after, bias_after) < judged.errors(before, bias_before)
        better &= self._fits_sums(layer, found, grid, levels)
        chosen = np.where(better[:, None], after, before)
        bias = np.where(better, bias_after, bias_before)
        errors = [float(judged.errors(*one).sum()) for one in ((before, bias_before), (chosen, bias))]
        if better.any():
            new = np.where(better[:, None], after, weights)
            self._model.provenance.record_weights(layer.weights, original)
            replace_constant_inputs(graph, {InputId(str(layer.quantizer), 0): found.constant(new)}, "tuned")
            set_biases(graph, {name: float_bias + bias.reshape(-1)})
            self._refresh()
        return TunedLayerRecord(name, int(better.sum()), better.size, errors[0], errors[1])

    def _grid(self, layer: LinearLayer, found: RegressionLayer, nodes: NodeIndex) -> LevelGrid:
        """The levels of a layer, none farther from zero than the largest it has now."""
        limits = read_limits(nodes, str(layer.quantizer))
        low, high = (found.per_filter(end) for end in (limits.output_low, limits.output_high))
        step = (high - low) / (limits.levels - 1)
        present = (found.matrices(read_quantized_weights(nodes, layer)) - low) / step
        zero = -low / step
        reach = np.abs(np.rint(present) - zero).max(axis=1, keepdims=True)
        lowest, highest = np.maximum(np.ceil(zero - reach), 0), np.minimum(np.floor(zero + reach), limits.levels - 1)
        return LevelGrid(low, step, lowest, highest)

    def _fits_sums(self, layer: LinearLayer, found: RegressionLayer, grid: LevelGrid, levels: Array) -> Array:
        """Which filters cannot overflow sums of two products, where the processor makes such sums."""
        along = self._pairs_along.get(str(layer.quantizer))
        groups, _, outputs = found.sizes
        if along is None:
            return np.ones((groups, outputs), np.bool_)
        integers = found.constant(levels + np.rint(grid.low / grid.step))
        axes = (0, 1) if found.is_grouped else (0,) if not layer.is_matmul else self._matmul_axis(found)
        largest = pair_magnitude(integers, along, axes).reshape(groups, outputs)
        return np.asarray(largest <= LARGEST_INTEGER + 1)

    @staticmethod
    def _matmul_axis(found: RegressionLayer) -> tuple[int]:
        return (0,) if found.layer.record.attributes.get("transpose_b") else (1,)

    def _refresh(self) -> None:
        """Look at the layers again: their biases and constants are others now."""
        present = {layer.name: layer for layer in find_linear_layers(self._model.snapshot())}
        self._layers = {name: renamed(one, present[name]) for name, one in self._layers.items()}


def tune_layers(
    engine: IEEngine,
    reference: Model,
    model: CompressedModel,
    planned: Sequence[PlannedQuantizer],
    settings: QuantizedTuningKeys,
    drawing: RowSampling,
) -> LayerwiseTuningResult:
    """Tune the layers of a quantized model in place; it stays as it was if its outputs come no closer.

    Arguments as in :class:`LayerTuner`.

    Raises:
        ModelError: a model cannot be run.
    """
    if len(drawing.samples) < FEWEST_SAMPLES:
        reason = f"{len(drawing.samples)} samples are too few to fit layers and judge them: {FEWEST_SAMPLES} are needed"
        logger.warning("nothing was tuned: %s", reason)
        return LayerwiseTuningResult(reason=reason)
    candidate = model.copy()
    found = LayerTuner(engine, reference, candidate, planned, settings, drawing).tune()
    judges = [sample for place, sample in enumerate(drawing.samples) if place % JUDGES_EVERY == JUDGES_EVERY - 1]
    feeds = load_inputs(reference, engine.data_loader, judges, settings=engine.inference_settings)
    before, after = (measure_output_error(reference, one.members[0].model, feeds) for one in (model, candidate))
    accepted = after < before
    if accepted:
        model.take_over(candidate)
    reason = "" if accepted else "the outputs came no closer on the validation samples: everything is as it was"
    logger.info("layer-wise tuning: the error of the outputs is %.4f, and was %.4f. %s", after, before, reason)
    return LayerwiseTuningResult(found.layers, found.skipped, before, after, reason, found.passes)

"""Layer-wise tuning of a quantized network: each layer's outputs come as close to the float ones as integers allow.

After layer-wise reconstruction (Nagel et al., "Up or down? Adaptive rounding for post-training quantization", 2020;
Hubara et al., "Accurate post-training quantization with small calibration sets", 2021), in closed form: weights are
fitted by ridge regression to the inputs that the quantized network makes, errors of earlier layers included, and
rounded as in GPTQ (:mod:`openpot.numerics.fitted_rounding`); the bias takes the mean. Scales stay.

Layers are fitted in their order on what their fitted predecessors make: one pass over ``calibration_indices_pool``
samples with the float network, and one with the quantized network for each level of the graph. Every
fourth sample is a validation sample: a filter changes only if its error falls on these, and everything is undone if the
outputs come no closer on them.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from openpot.data.validation_samples import is_validation_position
from openpot.graph.model import CompressedModel
from openpot.graph.node_index import NodeIndex
from openpot.graph.tensor_id import InputId, TensorId
from openpot.graph.weights import constant_value
from openpot.layers.layer_levels import find_layer_levels
from openpot.layers.layer_rows import RowSampling, number_layers, stream_tensors
from openpot.layers.linear_layer import LinearLayer, find_linear_layers
from openpot.layers.quantized_weights import read_quantized_weights
from openpot.layers.regression_layer import RegressionLayer, make_regression_layer, rename
from openpot.measure.side_by_side import load_inputs
from openpot.numerics.fake_quantize import fake_quantize
from openpot.numerics.fitted_rounding import LevelGrid, fit_weights, round_weights
from openpot.numerics.layer_moments import LayerMoments
from openpot.numerics.saturation import LARGEST_INTEGER, compute_pair_magnitude
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
        row_sampling: RowSampling,
    ) -> None:
        self._engine, self._model, self._settings, self._row_sampling = engine, model, settings, row_sampling
        self._reference = CompressedModel(graph=reference)
        self._pairs_along = {quantizer.name: quantizer.pairs_along for quantizer in planned}
        self._layers: dict[str, RegressionLayer] = {}
        self._skipped: dict[str, str] = {}
        self._find_layers()
        self._places = number_layers(self._layers)
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
            fitting, validation = self._collect_moments(names)
            records += [self._fit(name, fitting[name], validation[name]) for name in names]
        return LayerwiseTuningResult(tuple(records), self._skipped, passes=self.passes)

    def _find_layers(self) -> None:
        nodes = NodeIndex(self._model.members[0].model)
        reference = self._reference.snapshot()
        for layer in find_linear_layers(self._model.snapshot()):
            if layer.quantizer is None:
                continue
            regression = make_regression_layer(layer, tuple(constant_value(nodes, layer.constant).shape))
            if isinstance(regression, RegressionLayer) and self._find_original_name(layer.name) in reference:
                self._layers[layer.name] = regression
            else:
                self._skipped[layer.name] = (
                    regression if isinstance(regression, str) else "the float network does not have it"
                )

    def _find_original_name(self, name: str) -> str:
        return self._model.provenance.original_name(name)

    def _choose_positions(self, name: str, inference: int, available: int) -> Array:
        num_weights = self._layers[name].sizes[1]
        return self._row_sampling.choose_positions(self._places[name], inference, available, num_weights)

    def _collect_outputs(self) -> None:
        """What every layer gives in the float network, without bias, at the sampled positions."""

        def take(name: str, inference: int, tensor: Array) -> None:
            layer = self._layers[name]
            available = tensor.size // (layer.sizes[0] * layer.sizes[2])
            rows = layer.read_output_rows(tensor, self._choose_positions(name, inference, available))
            self._outputs[name].append(rows.astype(np.float32))

        tensors = {name: TensorId(self._find_original_name(name)) for name in self._layers}
        stream_tensors(self._engine, self._reference, tensors, self._row_sampling.samples, take)
        self.passes += 1

    def _collect_moments(self, names: Sequence[str]) -> tuple[dict[str, LayerMoments], dict[str, LayerMoments]]:
        """Moments of layers on the fitting and on the validation samples."""
        fitting = {name: LayerMoments(*self._layers[name].sizes) for name in names}
        validation = {name: LayerMoments(*self._layers[name].sizes) for name in names}
        from_float = self._settings.use_only_fp_inputs

        def take(name: str, inference: int, tensor: Array) -> None:
            layer = self._layers[name]
            if from_float:
                tensor = self._quantize_input(layer.layer, tensor)
            positions = self._choose_positions(name, inference, layer.count_positions(tensor))
            part = validation if is_validation_position(inference) else fitting
            part[name].add(layer.read_input_rows(tensor, positions), self._outputs[name][inference])

        model = self._reference if from_float else self._model
        tensors = {name: self._find_input(name, from_float) for name in names}
        stream_tensors(self._engine, model, tensors, self._row_sampling.samples, take)
        self.passes += 1
        return fitting, validation

    def _find_input(self, name: str, from_float: bool) -> TensorId:
        if not from_float:
            return self._layers[name].layer.data
        record = self._reference.snapshot()[self._find_original_name(name)]
        return record.inputs[1 - self._layers[name].layer.weights.port]

    def _quantize_input(self, layer: LinearLayer, tensor: Array) -> Array:
        nodes = NodeIndex(self._model.members[0].model)
        if self._model.snapshot()[layer.data.node].type != "FakeQuantize":
            return tensor
        return fake_quantize(tensor, read_limits(nodes, layer.data.node))

    def _fit(self, name: str, fitting: LayerMoments, validation: LayerMoments) -> TunedLayerRecord:
        regression = self._layers[name]
        layer, graph = regression.layer, self._model.members[0].model
        nodes = NodeIndex(graph)
        original = constant_value(nodes, layer.constant)
        before = regression.to_matrices(read_quantized_weights(nodes, layer)).astype(np.float64)
        float_bias = find_bias(NodeIndex(self._reference.members[0].model), self._find_original_name(name)).values
        bias_before = (find_bias(nodes, name).values - float_bias).reshape(before.shape[0], -1)
        grid = self._make_grid(layer, regression, nodes)
        weights = regression.to_matrices(original).astype(np.float64)
        target = np.where(weights == 0, 0.0, fit_weights(fitting, weights, self._settings.weight_decay))
        levels = round_weights(fitting, target, grid, weights == 0)
        after = grid.to_weight(levels)
        bias_after = fitting.compute_bias(after)
        better = validation.compute_errors(after, bias_after) < validation.compute_errors(before, bias_before)
        better &= self._check_sums(layer, regression, grid, levels)
        chosen = np.where(better[:, None], after, before)
        bias = np.where(better, bias_after, bias_before)
        errors = [float(validation.compute_errors(*state).sum()) for state in ((before, bias_before), (chosen, bias))]
        if better.any():
            new = np.where(better[:, None], after, weights)
            self._model.provenance.record_weights(layer.weights, original)
            replace_constant_inputs(graph, {InputId(str(layer.quantizer), 0): regression.to_constant(new)}, "tuned")
            set_biases(graph, {name: float_bias + bias.reshape(-1)})
            self._refresh()
        return TunedLayerRecord(name, int(better.sum()), better.size, errors[0], errors[1])

    def _make_grid(self, layer: LinearLayer, regression: RegressionLayer, nodes: NodeIndex) -> LevelGrid:
        """The levels of a layer, none farther from zero than the largest it has now."""
        limits = read_limits(nodes, str(layer.quantizer))
        low, high = (regression.spread_over_filters(end) for end in (limits.output_low, limits.output_high))
        step = (high - low) / (limits.levels - 1)
        present = (regression.to_matrices(read_quantized_weights(nodes, layer)) - low) / step
        zero = -low / step
        reach = np.abs(np.rint(present) - zero).max(axis=1, keepdims=True)
        lowest, highest = np.maximum(np.ceil(zero - reach), 0), np.minimum(np.floor(zero + reach), limits.levels - 1)
        return LevelGrid(low, step, lowest, highest)

    def _check_sums(self, layer: LinearLayer, regression: RegressionLayer, grid: LevelGrid, levels: Array) -> Array:
        """Which filters cannot overflow sums of two products, where the processor makes such sums."""
        along = self._pairs_along.get(str(layer.quantizer))
        groups, _, outputs = regression.sizes
        if along is None:
            return np.ones((groups, outputs), np.bool_)
        integers = regression.to_constant(levels + np.rint(grid.low / grid.step))
        axes = (0, 1) if regression.is_grouped else (0,) if not layer.is_matmul else self._find_matmul_axis(regression)
        largest = compute_pair_magnitude(integers, along, axes).reshape(groups, outputs)
        return np.asarray(largest <= LARGEST_INTEGER + 1)

    @staticmethod
    def _find_matmul_axis(regression: RegressionLayer) -> tuple[int]:
        return (0,) if regression.layer.record.attributes.get("transpose_b") else (1,)

    def _refresh(self) -> None:
        """Look at the layers again: their biases and constants are others now."""
        present = {layer.name: layer for layer in find_linear_layers(self._model.snapshot())}
        self._layers = {name: rename(regression, present[name]) for name, regression in self._layers.items()}


def tune_layers(
    engine: IEEngine,
    reference: Model,
    model: CompressedModel,
    planned: Sequence[PlannedQuantizer],
    settings: QuantizedTuningKeys,
    row_sampling: RowSampling,
) -> LayerwiseTuningResult:
    """Tune the layers of a quantized model in place; it stays as it was if its outputs come no closer.

    Arguments as in :class:`LayerTuner`.

    Raises:
        ModelError: a model cannot be run.
    """
    if len(row_sampling.samples) < FEWEST_SAMPLES:
        reason = (
            f"{len(row_sampling.samples)} samples are too few to fit and validate layers: {FEWEST_SAMPLES} are needed"
        )
        logger.warning("nothing was tuned: %s", reason)
        return LayerwiseTuningResult(reason=reason)
    candidate = model.copy()
    result = LayerTuner(engine, reference, candidate, planned, settings, row_sampling).tune()
    validation_samples = [sample for place, sample in enumerate(row_sampling.samples) if is_validation_position(place)]
    feeds = load_inputs(reference, engine.data_loader, validation_samples, settings=engine.inference_settings)
    before, after = (measure_output_error(reference, variant.members[0].model, feeds) for variant in (model, candidate))
    accepted = after < before
    if accepted:
        model.take_over(candidate)
    reason = "" if accepted else "the outputs came no closer on the validation samples: everything is as it was"
    logger.info("layer-wise tuning: the error of the outputs is %.4f, and was %.4f. %s", after, before, reason)
    return LayerwiseTuningResult(result.layers, result.skipped, before, after, reason, result.passes)

"""Weight bias correction: quantized weights get the mean and the spread of the original ones back, channel by channel.

After Banner et al., "Post training 4-bit quantization of convolutional networks for rapid-deployment", 2019, section 4:
rounding shifts the mean of a filter and widens or narrows it, and every output of its channel with it. No data are
needed: it costs no pass over them.

The spread comes back through the output limits of the FakeQuantize, which become the scale of the stored integers. The
mean, where the weights have a zero point, goes into the weights and their limits, as in POT. Symmetric weights keep
their symmetry, because the device would leave integer arithmetic otherwise: a few weights of a channel, those nearest
to half-way, are rounded to their other neighbour until the sum is right (SQuant, Guo et al., 2022).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from openpot.algorithms.calibrated import CalibratedAlgorithm
from openpot.algorithms.context import Calibration
from openpot.config.weight_correction import WeightBiasCorrectionConfig
from openpot.errors import ConfigError, ModelError
from openpot.graph.node_index import NodeIndex
from openpot.graph.tensor_id import InputId
from openpot.layers.linear_layer import LinearLayer, find_linear_layers
from openpot.layers.quantized_weights import read_original_weights
from openpot.numerics.fake_quantize import FakeQuantizeLimits, fake_quantize
from openpot.numerics.granularity import to_channel_rows
from openpot.numerics.moment_matching import fit_affine, round_to_sums, spread_ratio
from openpot.rewrites.channel_affine import OutputChannels
from openpot.rewrites.insert_bias import find_bias
from openpot.rewrites.read_limits import read_limits
from openpot.rewrites.replace_constant_inputs import replace_constant_inputs
from openpot.rewrites.set_limits import set_limits

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.graph.provenance import Provenance
    from openpot.graph.types import Model
    from openpot.typing_aliases import Array, FloatArray

logger = logging.getLogger(__name__)

NOTHING_QUANTIZED = (
    "WeightBiasCorrection changed nothing: no weights are quantized; put it after MinMaxQuantization in the pipeline"
)
ZERO_TOLERANCE = 1e-5
"""Limits whose middle is nearer to zero than this share of their width are symmetric."""


@dataclass(frozen=True)
class WeightCorrectionRecord:
    """The correction of the quantized weights of one layer.

    Attributes:
        layer: full name of the layer.
        quantizer: full name of the FakeQuantize on its weights.
        mean_error_before: largest difference between the means of a channel's quantized and original weights, in units
            of the channel's standard deviation.
        mean_error_after: the same after the correction.
        largest_scale: the factor of a channel that is farthest from 1.
        moved: how many weights were rounded to their other neighbour; None where a zero point took the shift.
    """

    layer: str
    quantizer: str
    mean_error_before: float
    mean_error_after: float
    largest_scale: float
    moved: int | None


@dataclass(frozen=True)
class WeightCorrectionResult:
    """What WeightBiasCorrection did, layer by layer in topological order; ``skipped`` maps layers to the reason."""

    layers: tuple[WeightCorrectionRecord, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)


class WeightBiasCorrection(CalibratedAlgorithm[WeightBiasCorrectionConfig]):
    """Restores mean and spread of quantized weights. It belongs between MinMaxQuantization and a bias correction.

    ``result`` is a :class:`WeightCorrectionResult`. Keys: those of
    :class:`openpot.config.weight_correction.WeightBiasCorrectionConfig`.
    """

    name = "WeightBiasCorrection"
    config_class: ClassVar = WeightBiasCorrectionConfig
    needs_data: ClassVar = False

    def apply(self, model: CompressedModel, calibration: Calibration) -> WeightCorrectionResult:
        """Correct the weights of every layer that are quantized.

        Raises:
            ConfigError: biases were corrected before, for weights that this would change.
        """
        del calibration
        self._require_untouched_biases()
        records: list[WeightCorrectionRecord] = []
        skipped: dict[str, str] = {}
        for position, member in enumerate(model.members):
            seen: set[str] = set()
            for layer in find_linear_layers(model.snapshot(position)):
                if layer.quantizer is None or layer.quantizer in seen:
                    continue
                seen.add(layer.quantizer)
                try:
                    records.append(_correct(member.model, layer, model.provenance, self.settings.eps_factor))
                except ModelError as error:
                    skipped[layer.name] = str(error)
        if not records and not skipped:
            logger.warning(NOTHING_QUANTIZED)
        return WeightCorrectionResult(tuple(records), skipped)

    def _require_untouched_biases(self) -> None:
        if self.context.corrected_layers:
            raise ConfigError(
                "WeightBiasCorrection must come before the correction of biases, which was made for the weights as "
                "they are: write MinMaxQuantization, WeightBiasCorrection, FastBiasCorrection in this order "
                "instead of DefaultQuantization"
            )


def _correct(graph: Model, layer: LinearLayer, provenance: Provenance, eps: float) -> WeightCorrectionRecord:
    nodes, quantizer = NodeIndex(graph), str(layer.quantizer)
    weights = read_original_weights(nodes, layer, provenance)
    channels = find_bias(nodes, layer.name).channels
    limits = read_limits(nodes, quantizer)
    per_channel = limits.output_low.size == channels.count
    if per_channel and not _is_symmetric(limits):
        new_weights, new_limits, moved = *_move_zero_points(weights, limits, channels, eps), None
    else:
        new_weights, new_limits, moved = _move_levels(weights, limits, channels, eps if per_channel else None)
    changed = not np.array_equal(weights, new_weights)
    if changed or not limits.equals(new_limits):
        provenance.record_weights(layer.weights, weights)
    if changed:
        replace_constant_inputs(graph, {InputId(quantizer, 0): new_weights}, "corrected")
    if not limits.equals(new_limits):
        set_limits(graph, {quantizer: new_limits})
    before, after = fake_quantize(weights, limits), fake_quantize(new_weights, new_limits)
    scales = (new_limits.scale / limits.scale).ravel()
    return WeightCorrectionRecord(
        layer.name,
        quantizer,
        _compute_mean_error(weights, before, channels),
        _compute_mean_error(weights, after, channels),
        float(scales[np.argmax(np.abs(np.log(scales)))]),
        moved,
    )


def _is_symmetric(limits: FakeQuantizeLimits) -> bool:
    width = limits.input_high - limits.input_low
    return bool(np.all(np.abs(limits.input_high + limits.input_low) <= ZERO_TOLERANCE * width))


def _move_zero_points(
    weights: FloatArray, limits: FakeQuantizeLimits, channels: OutputChannels, eps: float
) -> tuple[FloatArray, FakeQuantizeLimits]:
    """Weights and limits under the factor and shift of each channel; the integers stay the same."""
    before = to_channel_rows(weights, channels.weight_axes)
    after = to_channel_rows(fake_quantize(weights, limits), channels.weight_axes)
    factor, shift = (channels.spread_over_weights(values) for values in fit_affine(before, after, eps))
    moved = FakeQuantizeLimits(
        input_low=limits.input_low * factor + shift,
        input_high=limits.input_high * factor + shift,
        output_low=limits.output_low * factor + shift,
        output_high=limits.output_high * factor + shift,
        levels=limits.levels,
    )
    return np.asarray(weights * factor + shift, np.float32), moved


def _move_levels(
    weights: FloatArray, limits: FakeQuantizeLimits, channels: OutputChannels, eps: float | None
) -> tuple[FloatArray, FakeQuantizeLimits, int]:
    """Weights of which some round otherwise, and limits with scales of their own unless ``eps`` is None."""
    low = limits.input_low.astype(np.float64)
    step = (limits.input_high - low) / (limits.levels - 1)
    positions = (np.clip(weights, low, limits.input_high) - low) / step
    rows = to_channel_rows(positions, channels.weight_axes)
    originals = to_channel_rows(weights, channels.weight_axes).astype(np.float64)
    factor: Array = np.ones(channels.count)
    along: Array = np.ones(())
    if eps is not None:
        rounded = to_channel_rows(limits.output_low + np.rint(positions) * limits.scale, channels.weight_axes)
        factor = spread_ratio(originals, rounded, eps)
        along = channels.spread_over_weights(factor)
    out_low, out_step = (
        to_channel_rows(np.broadcast_to(values, weights.shape), channels.weight_axes)[:, 0].astype(np.float64)
        for values in (limits.output_low, limits.scale)
    )
    levels = round_to_sums(rows, (originals.sum(axis=1) / factor - rows.shape[1] * out_low) / out_step)
    moves = levels != np.rint(rows)
    new = np.where(_shape_as_weights(moves, channels), low + _shape_as_weights(levels, channels) * step, weights)
    scaled = replace(limits, output_low=limits.output_low * along, output_high=limits.output_high * along)
    return new.astype(np.float32), scaled, int(moves.sum())


def _shape_as_weights(rows: Array, channels: OutputChannels) -> Array:
    """The inverse of ``to_channel_rows``."""
    axes, shape = channels.weight_axes, channels.weight_shape
    moved = [shape[axis] for axis in axes] + [size for axis, size in enumerate(shape) if axis not in axes]
    return np.moveaxis(rows.reshape(moved), range(len(axes)), axes)


def _compute_mean_error(original: FloatArray, quantized: FloatArray, channels: OutputChannels) -> float:
    before, after = (
        to_channel_rows(values, channels.weight_axes).astype(np.float64) for values in (original, quantized)
    )
    spread = np.maximum(before.std(axis=1), np.finfo(np.float32).tiny)
    varies = before.std(axis=1) > 0
    error = np.abs(before.mean(axis=1) - after.mean(axis=1)) / spread
    return float(error[varies].max(initial=0.0))

"""Sequential bias correction: each layer is corrected for an input that its corrected predecessors made.

After Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction", 2019, section 4.2, as
Finkelstein et al., "Fighting Quantization Bias With Bias", 2019, do it by data: the mean output of every channel is
compared between the original and the quantized model, and the bias takes the difference, layer by layer.

All of that happens inside of one graph (:mod:`openpot.layers.fitted_shifts`): each layer is shifted such that its
means over the inference at hand are those of the original, and the layers after it see that. One pass over a fifth of
the samples gives every layer a shift for each of them; a robust mean makes one of these, shrunk to zero where they do
not agree. Then validation samples decide by the outputs: where corrected biases do not bring them closer to the
original, none is corrected.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from openpot.algorithms.bias_records import BiasCorrectionResult, BiasRecord
from openpot.algorithms.calibrated import CalibratedAlgorithm
from openpot.algorithms.calibration import require_engine
from openpot.algorithms.context import Calibration, PipelineContext
from openpot.algorithms.registered_statistics import specify_mean_outputs
from openpot.algorithms.shift_check import make_bias_record
from openpot.config.algorithms import BiasCorrectionConfig
from openpot.graph.node_index import NodeIndex
from openpot.graph.tensor_id import TensorId
from openpot.layers.fitted_shifts import FittedShifts, ShiftFitting
from openpot.layers.layer_levels import find_layer_levels
from openpot.layers.linear_layer import LinearLayer, find_linear_layers
from openpot.numerics.bias_shift import check_shift
from openpot.numerics.fake_quantize import FakeQuantizeLimits
from openpot.rewrites.insert_bias import find_bias, shift_biases
from openpot.rewrites.remove_fake_quantize import copy_in_float
from openpot.rewrites.set_limits import set_limits
from openpot.statistics.calibration_subset import CalibrationSubset
from openpot.trial.shift_inputs import ShiftPlace

if TYPE_CHECKING:
    from openpot.graph.model import CompressedModel
    from openpot.statistics.spec import StatisticSpec
    from openpot.typing_aliases import Array

ONE_SAMPLE_OF = 5
"""One sample of so many is used, as in POT; they are taken evenly, because neighbours are often alike."""

NO_HELP = "on samples that the shifts were not fitted on, the outputs came no closer to the original"


class BiasCorrection(CalibratedAlgorithm[BiasCorrectionConfig]):
    """Corrects the bias of every layer with quantized weights, each for what its corrected predecessors make.

    ``result`` is a :class:`BiasCorrectionResult`. Keys: those of
    :class:`openpot.config.algorithms.BiasCorrectionConfig`.
    """

    name = "BiasCorrection"
    config_class: ClassVar = BiasCorrectionConfig

    @property
    def change_original_model(self) -> bool:
        """True: outputs shift."""
        return True

    @property
    def needs_original(self) -> bool:
        """True: its mean outputs are what the corrected layers are to have."""
        return True

    def extend_context(self, context: PipelineContext) -> PipelineContext:
        """Names the layers whose bias was corrected."""
        return replace(context, corrected_layers=context.corrected_layers.union(self.result.corrected))

    def registered_specs(self, model: CompressedModel) -> tuple[StatisticSpec, ...]:
        """The mean of each output channel of every layer: what the corrected ones are to have."""
        return specify_mean_outputs(model)

    def calibration_subset(self) -> CalibrationSubset:
        """A fifth of the samples, at least one, evenly spread over them."""
        return replace(super().calibration_subset(), every=ONE_SAMPLE_OF)

    def apply(self, model: CompressedModel, calibration: Calibration) -> BiasCorrectionResult:
        """Correct every layer whose weights are quantized, or all layers with ``apply_for_all_nodes``."""
        return self.correct(model, calibration.original or model)

    def correct(
        self,
        model: CompressedModel,
        original: CompressedModel,
        *,
        layers: Collection[str] | None = None,
        other_limits: Mapping[str, FakeQuantizeLimits] | None = None,
    ) -> BiasCorrectionResult:
        """Shift the biases of a model in place, each for inputs that corrected layers made.

        Args:
            model: the quantized model.
            original: the model that it was made from; quantizers in it are ignored.
            layers: names of the layers to correct; None for all that ``apply`` corrects.
            other_limits: limits of quantizers of activations, by name, that are tried as well, and taken where the
                outputs come closer with them. Only for single models that IEEngine runs.

        Raises:
            ConfigError: there is no engine.
            ModelError: a model cannot be compiled.
            EngineError: an inference failed.
        """
        engine = require_engine(self._engine)
        sampler = self.calibration_subset().make_sampler(engine)
        chosen = self._find_layers(model, layers)
        if not chosen:
            return BiasCorrectionResult()
        names = {name: model.provenance.original_name(name) for name in chosen}
        fitting = ShiftFitting(engine, copy_in_float(original), _locate_outputs(chosen, names), sampler)
        places, levels = _locate_outputs(chosen, {}), _find_levels(model, chosen)
        fitted, other = fitting.fit(model, places, levels), None
        passes = 1 + fitted.passes
        if other_limits and fitted.error is not None:
            other = fitting.fit(_set_limits(model.copy(), other_limits), places, levels)
            passes += other.passes
        took_other = other is not None and (other.error or 0.0) < (fitted.error or 0.0)
        if other is not None and other_limits and took_other:
            _set_limits(model, other_limits)
            fitted = other
        return BiasCorrectionResult(
            self._write(model, fitted), passes, fitted.error_before, fitted.error_after, took_other
        )

    def _find_layers(self, model: CompressedModel, names: Collection[str] | None) -> dict[str, LinearLayer]:
        """The layers to correct by name, in topological order."""
        return {
            layer.name: layer
            for position in range(len(model.members))
            for layer in find_linear_layers(model.snapshot(position))
            if (layer.quantizer is not None or self.settings.apply_for_all_nodes)
            and layer.channels is not None
            and (names is None or model.provenance.original_name(layer.name) in names)
        }

    def _write(self, model: CompressedModel, fitted: FittedShifts) -> tuple[BiasRecord, ...]:
        records = []
        for position, member in enumerate(model.members):
            snapshot, nodes = model.snapshot(position), NodeIndex(member.model)
            accepted: dict[str, Array] = {}
            for name in (name for name in fitted.shifts if name in snapshot):
                bias, shift = find_bias(nodes, name), fitted.shifts[name]
                spread = np.sqrt(np.mean(np.square(fitted.means[name]), axis=0))
                verdict = check_shift(shift, bias.values, spread, self.settings.threshold)
                record = make_bias_record(name, verdict, bias.constant is None)
                if verdict.accepted and not fitted.help:
                    record = BiasRecord(name, False, verdict.magnitude, NO_HELP)
                records.append(record)
                if record.accepted:
                    accepted[name] = shift
            shift_biases(member.model, accepted)
        return tuple(records)


def _locate_outputs(layers: Mapping[str, LinearLayer], names: Mapping[str, str]) -> dict[str, ShiftPlace]:
    """The outputs of layers, which have other ``names`` in the graph that is meant, or the same."""
    return {
        name: ShiftPlace(TensorId(names.get(name, name)), layer.output_axis, layer.channels or 0)
        for name, layer in layers.items()
    }


def _set_limits(model: CompressedModel, limits: Mapping[str, FakeQuantizeLimits]) -> CompressedModel:
    """The model, changed in place."""
    for member in model.members:
        set_limits(member.model, limits)
    return model


def _find_levels(model: CompressedModel, layers: Mapping[str, LinearLayer]) -> dict[str, int]:
    levels: dict[str, int] = {}
    for position in range(len(model.members)):
        snapshot = model.snapshot(position)
        levels.update(find_layer_levels(snapshot, [name for name in layers if name in snapshot]))
    return levels

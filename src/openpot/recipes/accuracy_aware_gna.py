"""Accuracy-aware quantization for GNA: weights of 8 bits where the metrics allow it, of 16 bits elsewhere.

GNA runs nothing in float. The baseline is the model with 16-bit weights (the preset ``accuracy``); from the model with
8-bit weights layers are raised to 16 bits, those first whose change raises the metric most, by the same search as for
other devices. Both models are made by the base algorithm, ``DefaultQuantization`` unless another is stated, with its
alignment of channels and its bias correction; sums that would not fit into 32 bits are made to by
``OverflowCorrection``, in every model that is evaluated.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from openpot.algorithms.calibration import calibrate
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.algorithms.overflow_correction import OverflowCorrection
from openpot.config.algorithms import DefaultQuantizationConfig
from openpot.config.presets import Preset
from openpot.config.target_devices import load_target_devices
from openpot.config.weight_correction import OverflowCorrectionConfig
from openpot.errors import ConfigError
from openpot.recipes.accuracy_aware import AccuracyAwareCommon
from openpot.recipes.default_quantization import DefaultQuantization
from openpot.recipes.default_recipe import get_quantizers
from openpot.search.raised_weights import RaisedWeights

if TYPE_CHECKING:
    from openpot.algorithms.min_max import MinMaxResult
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel
    from openpot.search.accuracy_search import AccuracySearch
    from openpot.search.quantized_variant import QuantizedVariant

logger = logging.getLogger(__name__)


class AccuracyAwareGNA(AccuracyAwareCommon):
    """Keeps the metrics by 16-bit weights in as few layers as will do.

    ``result`` is an :class:`openpot.search.accuracy_records.AccuracyAwareResult`, whose ``in_float`` names the layers
    with 16-bit weights. Keys: those of :class:`openpot.config.accuracy_aware.AccuracyAwareConfig`;
    ``convert_to_mixed_preset`` and ``tune_hyperparams`` are without effect, as in POT, and ``annotation_free`` is
    refused.

    Raises:
        ConfigError: (when made) the target device runs layers in float.
    """

    name = "AccuracyAwareGNA"

    def _check_base(self, engine: Engine | None) -> None:
        del engine
        device = self.settings.device
        if device.runs_float:
            suited = ", ".join(name for name, other in load_target_devices().items() if not other.runs_float)
            raise ConfigError(
                f"AccuracyAwareGNA is for devices that run nothing in float ({suited}), and target_device is "
                f"{device.name!r}: use AccuracyAwareQuantization"
            )
        if self.settings.annotation_free:
            raise ConfigError("AccuracyAwareGNA keeps metrics: leave out annotation_free")

    def _make_baseline(self, original: CompressedModel, engine: Engine) -> tuple[CompressedModel, str]:
        model, _ = self._quantize(original, engine, Preset.ACCURACY)
        self._finish(engine, model)
        return model, "INT16"

    def _list_variants(
        self, original: CompressedModel, engine: Engine, search: AccuracySearch
    ) -> tuple[Callable[[], QuantizedVariant], Iterator[Callable[[], QuantizedVariant]]]:
        del search
        return partial(self._quantize_raisable, original, engine), iter(())

    def _quantize_raisable(self, original: CompressedModel, engine: Engine) -> QuantizedVariant:
        logger.info("Start quantization")
        if self.settings.preset is not Preset.PERFORMANCE:
            logger.info("the preset %s has 16-bit weights already: there is nothing to raise", self.settings.preset)
        reference, raised = self._quantize(original, engine, Preset.ACCURACY)
        model, done = self._quantize(original, engine, self.settings.preset)
        finished = model.copy()
        self._finish(engine, finished)
        return RaisedWeights(
            "quantized",
            reference,
            finished,
            done,
            self.settings.target_device,
            done,
            raised=raised,
            unfinished=model,
            finish=partial(self._finish, engine),
        )

    def _quantize(
        self, original: CompressedModel, engine: Engine, preset: Preset
    ) -> tuple[CompressedModel, MinMaxResult]:
        """The model with weights of the width of a preset, and its quantizers."""
        model = original.copy()
        settings = self._choose_base_settings().model_copy(update={"preset": preset})
        base: DefaultQuantization | MinMaxQuantization
        if isinstance(settings, DefaultQuantizationConfig):
            base = DefaultQuantization(settings, engine, corrects_overflow=False)  # ``_finish`` does, at last
        else:
            base = MinMaxQuantization(settings, engine)
        calibrate(engine, model, [base], context=self.context)
        base.run(model)
        return model, get_quantizers(base.result)

    def _finish(self, engine: Engine, model: CompressedModel) -> Any:
        correction = OverflowCorrection(self.settings.extract_part(OverflowCorrectionConfig), engine)
        return correction.run(model)

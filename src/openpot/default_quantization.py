"""DefaultQuantization: evened-out channels, min-max quantization and bias correction, in two calibration passes.

The first pass is made only if there are channels to even out; the second serves the ranges and the bias correction.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from openpot.algorithms.base import Algorithm
from openpot.algorithms.bias_correction import BiasCorrection
from openpot.algorithms.calibrated import CalibratedAlgorithm
from openpot.algorithms.channel_alignment import ActivationChannelAlignment
from openpot.algorithms.fast_bias_correction import FastBiasCorrection
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.algorithms.records import DefaultQuantizationResult
from openpot.config.algorithms import (
    BiasCorrectionConfig,
    ChannelAlignmentConfig,
    DefaultQuantizationConfig,
    FastBiasCorrectionConfig,
    MinMaxConfig,
)
from openpot.errors import ConfigError
from openpot.rewrites.plan import QuantizationPlan, QuantizerKind

if TYPE_CHECKING:
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel
    from openpot.statistics.spec import StatisticSpec
    from openpot.typing_aliases import Array


class DefaultQuantization(CalibratedAlgorithm[DefaultQuantizationConfig]):
    """The quantization that suits most networks.

    ``result`` is a :class:`DefaultQuantizationResult`. Keys: those of
    :class:`openpot.config.algorithms.DefaultQuantizationConfig`, which reach the parts they belong to.

    Attributes:
        alignment: evens out channels before anything is quantized.
        min_max: inserts the quantizers.
        bias: corrects biases afterwards.
    """

    name = "DefaultQuantization"
    config_model: ClassVar = DefaultQuantizationConfig

    def __init__(self, config: Any = None, engine: Engine | None = None) -> None:
        super().__init__(config, engine)
        self._make_parts()

    def _make_parts(self) -> None:
        settings, engine = self.settings, self._engine
        if settings.target_device.upper().startswith("GNA"):
            raise ConfigError(
                f"DefaultQuantization for {settings.target_device} needs OverflowCorrection, which openpot does not "
                "have yet; MinMaxQuantization knows that device"
            )
        self.alignment = ActivationChannelAlignment(settings.part(ChannelAlignmentConfig), engine)
        self.min_max = MinMaxQuantization(settings.part(MinMaxConfig), engine)
        self.bias: FastBiasCorrection | BiasCorrection
        if settings.use_fast_bias:
            self.bias = FastBiasCorrection(settings.part(FastBiasCorrectionConfig), engine)
        else:
            self.bias = BiasCorrection(settings.part(BiasCorrectionConfig), engine)

    def update_config(self, config: Mapping[str, Any]) -> None:
        """Replace the parameters, of the parts too."""
        super().update_config(config)
        self._make_parts()

    @property
    def parts(self) -> tuple[Algorithm, ...]:
        """Those that share a calibration pass, and this algorithm, which asks for nothing of its own."""
        return (self, self.min_max, self.bias)

    def plan(self, model: CompressedModel) -> QuantizationPlan:
        """What would be quantized how, and why the rest is not; needs no data and changes nothing."""
        return self.min_max.plan(model)

    def prepare(self, model: CompressedModel) -> None:
        """Fold batch normalisation, then even out channels, with a calibration pass if there are any.

        Raises:
            AlreadyQuantizedError: the model holds FakeQuantize operations.
        """
        self.min_max.prepare(model)
        self.alignment.run(model)
        self.min_max.earlier_results = (*self.earlier_results, self.alignment.result)
        plan = self.min_max.plan(model)
        weights = plan.of_kind(QuantizerKind.WEIGHTS)
        self.bias.only = frozenset(reader.node for quantizer in weights for reader in quantizer.readers)

    def apply(self, model: CompressedModel, observed: Mapping[StatisticSpec, Array]) -> DefaultQuantizationResult:
        """Insert the quantizers, then correct the biases."""
        del observed
        self.min_max.run(model)
        self.bias.run(model)
        return DefaultQuantizationResult(self.alignment.result, self.min_max.result, self.bias.result)

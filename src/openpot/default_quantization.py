"""DefaultQuantization: evened-out channels, min-max quantization, bias correction, and ranges judged by the outputs.

The first calibration pass is made only if there are channels to even out; the second serves the ranges and the bias
correction. Then a few items decide whether activations get average or widest ranges (openpot's own placement only).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from openpot.algorithms.base import Algorithm
from openpot.algorithms.bias_correction import BiasCorrection
from openpot.algorithms.calibrated import CalibratedAlgorithm
from openpot.algorithms.calibration_subset import num_items
from openpot.algorithms.channel_alignment import ActivationChannelAlignment
from openpot.algorithms.fast_bias_correction import FastBiasCorrection
from openpot.algorithms.min_max import MinMaxQuantization
from openpot.config.algorithms import (
    BiasCorrectionConfig,
    ChannelAlignmentConfig,
    DefaultQuantizationConfig,
    FastBiasCorrectionConfig,
    MinMaxConfig,
)
from openpot.engine.openvino_engine import IEEngine
from openpot.engine.side_by_side import inputs_of_items
from openpot.errors import ConfigError
from openpot.rewrites.plan import QuantizationPlan, QuantizerKind
from openpot.search.range_choice import RangeChoice, choose_ranges

if TYPE_CHECKING:
    from openpot.algorithms.records import BiasCorrectionResult, ChannelAlignmentResult, MinMaxResult
    from openpot.engine.base import Engine
    from openpot.graph.model import CompressedModel
    from openpot.graph.types import Model
    from openpot.statistics.spec import StatisticSpec
    from openpot.typing_aliases import Array


JUDGING_ITEMS = range(4, 13)
"""How many calibration items may decide about the ranges: enough that one odd item does not."""
JUDGING_SHARE = 8
"""Within these bounds every so-manieth item: three models run on it, which then costs 3/8 of a calibration pass."""


@dataclass(frozen=True, eq=False)
class DefaultQuantizationResult:
    """What the parts of DefaultQuantization did; ``ranges`` is None where there was nothing to choose."""

    alignment: ChannelAlignmentResult
    min_max: MinMaxResult
    bias: BiasCorrectionResult
    ranges: RangeChoice | None = None


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
        if settings.placement == "pot":
            self.alignment.enough_items = None
        self.min_max = MinMaxQuantization(settings.part(MinMaxConfig), engine)
        self.min_max.offers_widest_ranges = settings.placement == "openpot" and settings.stat_batch_size == 1
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
        """Insert the quantizers, correct the biases, and let the outputs decide about the ranges of activations."""
        del observed
        reference = model.members[0].model.clone()
        self.min_max.run(model)
        self.bias.run(model)
        done: MinMaxResult = self.min_max.result
        choice = self._choice_of_ranges(model, reference, done)
        if choice is not None and choice.rule == "widest":
            records = tuple(replace(one, limits=done.widest.get(one.name, one.limits)) for one in done.quantizers)
            done = replace(done, quantizers=records)
            self.min_max.result = done
        return DefaultQuantizationResult(self.alignment.result, done, self.bias.result, choice)

    def _choice_of_ranges(self, model: CompressedModel, reference: Model, done: MinMaxResult) -> RangeChoice | None:
        """Average or widest ranges; None where the engine keeps its inferences or its data to itself."""
        engine = self._engine
        if not done.widest or model.is_cascade or not isinstance(engine, IEEngine) or not engine.observes_directly:
            return None
        subset = self.calibration_subset().clipped_to(num_items(engine))
        items = list(subset.sampler(engine).subset_indices or range(subset.num_samples or 0))
        wanted = min(max(len(items) // JUDGING_SHARE, JUDGING_ITEMS[0]), JUDGING_ITEMS[-1])
        judges = [items[position] for position in evenly_spaced(len(items), wanted)]
        if len(judges) < 2:
            return None
        average = {one.name: one.limits for one in done.quantizers}
        feeds = inputs_of_items(reference, engine.data_loader, judges)
        return choose_ranges(reference, model.members[0].model, average, done.widest, feeds)


def evenly_spaced(count: int, wanted: int) -> list[int]:
    """At most ``wanted`` positions below ``count``, spread evenly; data sets are often sorted."""
    return sorted({position * count // wanted for position in range(wanted)}) if count > wanted else list(range(count))

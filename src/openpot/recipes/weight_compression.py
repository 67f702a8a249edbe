"""WeightCompression: weights alone in few bits as a step of a pipeline; see ``docs/weights.md``.

Data are those of the engine, if it has some; of a cascade each member is compressed without data.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from openpot.algorithms.calibrated import CalibratedAlgorithm
from openpot.algorithms.context import Calibration
from openpot.algorithms.placement import find_ignored_scope
from openpot.compression.attempt_warnings import explain_loss
from openpot.compression.compress_model import StoredChoice, find_model_weights, make_prepared_copy
from openpot.compression.decide_formats import FormatDecider
from openpot.compression.one_attempt import Attempt, compress_within_limit
from openpot.compression.split_samples import split_samples
from openpot.config.weight_compression_algorithm import WeightCompressionAlgorithmConfig
from openpot.errors import OpenPotWarning
from openpot.progress import SilentProgress

if TYPE_CHECKING:
    from openpot.compression.size_curve import SizeCurve
    from openpot.config.weight_compression import WeightCompressionConfig
    from openpot.graph.model import CompressedModel
    from openpot.graph.types import Model
    from openpot.measure.held_out_loss import HeldOutLoss


@dataclass(frozen=True, eq=False)
class MemberCompression:
    """What WeightCompression did to one model.

    Attributes:
        stored: how each weight tensor is stored.
        loss: on held-out samples in exact arithmetic; None without data.
        curve: size against expected loss, where one of both decided.
        misses_target: whether more is lost than the parameters allow.
    """

    stored: tuple[StoredChoice, ...]
    loss: HeldOutLoss | None
    curve: SizeCurve | None
    misses_target: bool = False


class WeightCompression(CalibratedAlgorithm[WeightCompressionAlgorithmConfig]):
    """Stores the weights of matrix products and look-ups in few bits; computations stay in float.

    ``result`` is a tuple of :class:`MemberCompression`, one for each model that has such weights. Keys: those of
    :class:`openpot.config.weight_compression_algorithm.WeightCompressionAlgorithmConfig`.
    """

    name = "WeightCompression"
    config_class: ClassVar = WeightCompressionAlgorithmConfig
    needs_data: ClassVar = False

    def apply(self, model: CompressedModel, calibration: Calibration) -> tuple[MemberCompression, ...]:
        """Compress every model in place.

        Raises:
            ConfigError: a size cannot be reached, or a loss is limited and there are no data.
            ModelError: a weight is not a finite number.
            DataError: a sample cannot be used.
        """
        del calibration
        data = None if self._engine is None or model.is_cascade else self._engine.data_loader
        results = []
        for entry, member in zip(model.models, model.members, strict=True):
            config = self.settings.for_weights(find_ignored_scope(self.settings, member.name))
            attempt = _compress(member.model, data, config)
            if attempt is None:
                continue
            for text in explain_loss(attempt, config):
                warnings.warn(text, OpenPotWarning, stacklevel=2)
            entry["model"] = attempt.model
            loss, misses = attempt.judgement.loss, attempt.misses_target(config)
            results.append(MemberCompression(attempt.stored, loss, attempt.decision.curve, misses))
        return tuple(results)

    @property
    def misses_target(self) -> bool:
        """Whether a model lost more than the parameters allow."""
        return any(member.misses_target for member in self.result or ())


def _compress(source: Model, data: Any, config: WeightCompressionConfig) -> Attempt | None:
    progress = SilentProgress()
    samples = None if data is None else split_samples(source, data, config)
    prepared = make_prepared_copy(source)
    decider = FormatDecider(prepared, find_model_weights(prepared, config.ignored).tensors, config, samples, progress)
    if not decider.finds_anything:
        text = f"the model {source.get_friendly_name()!r} has no weights that can be stored in fewer bits"
        warnings.warn(text, OpenPotWarning, stacklevel=2)
        return None
    return compress_within_limit(source, decider, samples, config, progress)

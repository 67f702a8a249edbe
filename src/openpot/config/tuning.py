"""The parameters of quantization whose choices are made one by one, and of one such choice."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from openpot.config.algorithms import MinMaxConfig
from openpot.config.legacy import translate_tuning_scope
from openpot.config.quantizer_override import QuantizerOverrideConfig


class TuningAspect(StrEnum):
    """What the choices of an operation may differ in."""

    BITS = "bits"
    MODE = "mode"
    GRANULARITY = "granularity"
    LAYER = "layer"
    ESTIMATOR_PRESET = "estimator_preset"
    ESTIMATOR_TYPE = "estimator_type"
    ESTIMATOR_OUTLIER_PROB = "estimator_outlier_prob"
    ESTIMATOR_AGGREGATOR = "estimator_aggregator"


class TunableQuantizationConfig(MinMaxConfig):
    """Parameters of ``TunableQuantization``: those of ``MinMaxQuantization``, and what may be chosen.

    Attributes:
        tuning_scope: what the choices differ in. ``layer`` offers to leave the operation in float, ``estimator_preset``
            and ``estimator_type`` offer quantiles, ``estimator_outlier_prob`` several of them, ``estimator_aggregator``
            several ways to combine the inferences.
        estimator_tuning_scope: what ``range_estimator`` in ``tuning_scope`` stands for, as POT of 2021 wrote it.
        outlier_prob_choices: shares of values that quantiles may leave outside.
    """

    tuning_scope: tuple[TuningAspect, ...] = (TuningAspect.BITS, TuningAspect.MODE, TuningAspect.GRANULARITY)
    estimator_tuning_scope: tuple[Literal["preset", "type", "outlier_prob", "aggregator"], ...] = ()
    outlier_prob_choices: tuple[Annotated[float, Field(ge=0, lt=0.5)], ...] = (1e-3, 1e-4, 1e-5)

    @model_validator(mode="before")
    @classmethod
    def _from_older_scope(cls, value: Any) -> Any:
        return translate_tuning_scope(value) if isinstance(value, Mapping) else value


class OperationChoiceConfig(BaseModel):
    """What is chosen for one operation.

    Attributes:
        quantize: false leaves it in float.
        activations: of the quantizers of its data.
        weights: of the quantizer of its weights.
        outputs: of the quantizer after it (GNA).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    quantize: bool = True
    activations: QuantizerOverrideConfig = Field(default_factory=QuantizerOverrideConfig)
    weights: QuantizerOverrideConfig = Field(default_factory=QuantizerOverrideConfig)
    outputs: QuantizerOverrideConfig = Field(default_factory=QuantizerOverrideConfig)

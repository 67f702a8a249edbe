"""The parameters of every algorithm, validated: one frozen model each, whose fields are POT's keys."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, TypeAlias, TypeVar, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from openpot.config.ignored_scope import IgnoredScopes
from openpot.config.latency_goal import LatencyGoal
from openpot.config.layerwise_tuning import QuantizedTuningKeys
from openpot.config.legacy import translate_model_type, translate_preset, translate_saturation_fix
from openpot.config.presets import Preset
from openpot.config.quantizer_override import QuantizerOverrideConfig
from openpot.config.range_estimator import RangeEstimatorConfig
from openpot.config.target_devices import TargetDevice, TargetDeviceName, find_target_device

Part = TypeVar("Part", bound="AlgorithmConfig")


DEFAULT_OUTPUT_ERROR = 0.15
"""Largest output error that is accepted; ``docs/accuracy.md`` says what it means for the metrics of real tasks."""

OutputErrorLimit: TypeAlias = Annotated[float, Field(gt=0)] | Literal["auto"] | None
"""How far the worst output may be from the float model."""


class ModelType(StrEnum):
    """Kinds of networks that placement treats in a way of their own."""

    TRANSFORMER = "transformer"


class SaturationFix(StrEnum):
    """Which weights are stored at half their size, so that 8-bit products cannot overflow 16 bits."""

    FIRST_LAYER = "first_layer"
    ALL = "all"
    NO = "no"


class AlgorithmConfig(BaseModel):
    """What all algorithms that use calibration data share.

    Attributes:
        target_device: picks the hardware table.
        stat_subset_size: number of calibration samples; None for the whole data set.
        stat_batch_size: samples that share an inference.
        shuffle_data: choose the samples at random (``seed``) instead of taking the first ones.
        inplace_statistics: accepted for POT's sake; statistics are always reduced inside the model where possible.
        ignored: what stays in floating point.
        model_type: ``transformer``, or None.
        exec_log_dir: where intermediate models go; None for the current folder.
        dump_intermediate_model: whether the model is saved after the quantizers are inserted.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    target_device: TargetDeviceName = "ANY"
    stat_subset_size: int | None = Field(default=None, ge=1)
    stat_batch_size: int = Field(default=1, ge=1)
    shuffle_data: bool = False
    seed: int = 0
    inplace_statistics: bool = True
    ignored: IgnoredScopes = Field(default_factory=IgnoredScopes)
    model_type: Annotated[ModelType | None, BeforeValidator(translate_model_type)] = None
    exec_log_dir: Path | None = None
    dump_intermediate_model: bool = False

    @property
    def device(self) -> TargetDevice:
        """What is known of the target device."""
        return find_target_device(self.target_device)

    def extract_part(self, config: type[Part]) -> Part:
        """The configuration of an algorithm that this one is made of: what is stated here, else its own defaults."""
        values = {name: getattr(self, name) for name in self.model_fields_set & set(config.model_fields)}
        values_set = {name: value for name, value in values.items() if value is not None}
        # Validated when this one was made.
        return cast("Part", config.model_construct(_fields_set=set(values_set), **values_set))


class ChannelAlignmentConfig(AlgorithmConfig):
    """Parameters of ``ActivationChannelAlignment``."""


class MinMaxConfig(AlgorithmConfig):
    """Parameters of ``MinMaxQuantization``.

    Attributes:
        preset: which of the allowed quantizers is taken.
        weights: stated properties of weight quantizers, any part of them.
        activations: the same for activations.
        outputs: the same for quantizers after operations (GNA).
        range_estimator: for tensors whose kind states none of its own.
        saturation_fix: which weights are stored at half their size on instruction sets that can overflow; None
            leaves it to the placement (``pot``: the first layers; ``openpot``: all, where the processor can overflow).
        layerwise_configs: overrides by the name of a FakeQuantize.
        placement: where quantizers go: ``openpot``'s own rules, or exactly as ``pot`` placed them.
    """

    preset: Annotated[Preset, BeforeValidator(translate_preset)] = Preset.PERFORMANCE
    weights: QuantizerOverrideConfig = Field(default_factory=QuantizerOverrideConfig)
    activations: QuantizerOverrideConfig = Field(default_factory=QuantizerOverrideConfig)
    outputs: QuantizerOverrideConfig = Field(default_factory=QuantizerOverrideConfig)
    range_estimator: RangeEstimatorConfig | None = None
    saturation_fix: Annotated[SaturationFix | None, BeforeValidator(translate_saturation_fix)] = None
    layerwise_configs: tuple[Mapping[str, QuantizerOverrideConfig], ...] = ()
    placement: Literal["openpot", "pot"] = "openpot"

    @property
    def placement_preset(self) -> Preset:
        """The preset that placement goes by: ``pot`` takes it literally, as POT's API did."""
        return self.preset if self.placement == "pot" else self.device.choose_preset(self.preset)

    def find_estimator(self, kind: str) -> RangeEstimatorConfig | None:
        """What is stated about the range of ``weights``, ``activations`` or ``outputs``, if anything."""
        override: QuantizerOverrideConfig = getattr(self, kind)
        return override.range_estimator or self.range_estimator


class FastBiasCorrectionConfig(AlgorithmConfig):
    """Parameters of ``FastBiasCorrection``.

    Attributes:
        threshold: a correction is refused if it changes the bias by more than so many times its size.
        apply_for_all_nodes: correct layers without quantized weights too.
    """

    threshold: float = Field(default=2.0, gt=0)
    apply_for_all_nodes: bool = False


class BiasCorrectionConfig(AlgorithmConfig):
    """Parameters of ``BiasCorrection``: as in :class:`FastBiasCorrectionConfig`."""

    threshold: float = Field(default=1000.0, gt=0)
    apply_for_all_nodes: bool = False


class DefaultQuantizationConfig(MinMaxConfig, QuantizedTuningKeys):
    """Parameters of ``DefaultQuantization``: those of its parts, what it may cost, and the bias correction.

    Attributes:
        max_output_error: how far the worst output may be from the float model, as a share of its variation between
            samples; above it operations are reverted to float. ``auto`` (the default) allows 0.15, and more where noise
            of 1 % at the inputs moves the outputs more than that, or 0.08 of models that predict tokens
            (:mod:`openpot.search.error_budget`). A large number, or infinity, forbids reverting.
        optimize_for: ``latency`` lets times measured on this machine choose what is in INT8, within
            ``max_output_error``; other runs may then decide otherwise.
        max_latency, min_speedup, times: of that; see :class:`openpot.config.latency_goal.LatencyGoal`.
        early_stop: end the calibration before ``stat_subset_size`` samples if the ranges have converged; only where the
            outputs decide.
        use_fast_bias: true for POT's fast bias correction, false for its accurate, slower one; None (the default) lets
            the outputs decide, with openpot's own placement.
        use_layerwise_tuning: fit every layer to what it gives in the float network, after everything else; the keys of
            that are in :class:`openpot.config.layerwise_tuning.QuantizedTuningKeys`.
        threshold: of the bias correction; None for the default of the one that is taken.
        apply_for_all_nodes: of the bias correction.
    """

    max_output_error: OutputErrorLimit = "auto"
    optimize_for: Literal["latency"] | None = None
    max_latency: float | str | None = None
    min_speedup: float | None = None
    times: Path | None = None
    early_stop: bool = True
    use_fast_bias: bool | None = None
    threshold: float | None = Field(default=None, gt=0)
    apply_for_all_nodes: bool = False

    @model_validator(mode="after")
    def _check_goal(self) -> DefaultQuantizationConfig:
        self.latency_goal  # noqa: B018  raises what is wrong with it
        return self

    @property
    def latency_goal(self) -> LatencyGoal:
        """How fast the result should be."""
        return LatencyGoal(self.max_latency, self.min_speedup, self.times)

    @property
    def goes_by_latency(self) -> bool:
        """Whether measured times choose what is in INT8."""
        return self.optimize_for == "latency" or self.latency_goal.is_stated

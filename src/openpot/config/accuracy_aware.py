"""The parameters of quantization that may lose only so much of a metric."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from openpot.config.algorithms import DEFAULT_OUTPUT_ERROR, DefaultQuantizationConfig, OutputErrorLimit


class MetricTargetConfig(BaseModel):
    """One metric that must be kept.

    Attributes:
        name: as the engine's metric calls it.
        type: of the metric, in POT's files; without effect.
        baseline_value: what to measure the drop from; None for the value of the original model.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str
    type: str | None = None
    baseline_value: float | None = None


def _wrap_names(value: Any) -> Any:
    return (
        [{"name": entry} if isinstance(entry, str) else entry for entry in value]
        if isinstance(value, list | tuple)
        else value
    )


class AccuracyAwareConfig(DefaultQuantizationConfig):
    """Parameters of ``AccuracyAwareQuantization``: those of ``DefaultQuantization``, and how much may be lost.

    Attributes:
        maximal_drop: by how much every metric may be worse than that of the original model.
        drop_type: ``absolute``, or ``relative`` to the metric of the original model.
        max_iter_num: how many models with operations back in float are evaluated at most; None for as many as it takes.
        ranking_subset_size: samples that score what is reverted to float; None for as many as pay.
        metric_subset_ratio: share of the samples on which the original model is looked at if all baselines are given.
        use_prev_if_drop_increase: accepted for POT's sake: the best model is kept whatever came after it.
        base_algorithm: what quantizes at first.
        annotation_free: keep the outputs instead of a metric: their error, as a share of their variation between
            samples. ``maximal_drop`` is then 0.15 unless it is stated.
        annotation_conf_threshold: accepted for POT's sake: distances of outputs need no labels, hence no confidence.
        convert_to_mixed_preset: if the drop is too large, try asymmetric activations first.
        tune_hyperparams: then try other range estimators and bias corrections, before anything is reverted to float.
        metrics: which of the engine's metrics are kept; all if none is named.
        max_output_error: as in ``DefaultQuantization``; None (the default here) leaves the decision to the metric.
    """

    maximal_drop: float = Field(default=0.01, ge=0, allow_inf_nan=False)
    drop_type: Literal["absolute", "relative"] = "absolute"
    max_iter_num: int | None = Field(default=None, ge=0)
    ranking_subset_size: int | None = Field(default=None, ge=1)
    metric_subset_ratio: float = Field(default=0.5, gt=0, le=1)
    use_prev_if_drop_increase: bool = True
    base_algorithm: Literal["DefaultQuantization", "MinMaxQuantization"] = "DefaultQuantization"
    annotation_free: bool = False
    annotation_conf_threshold: float = Field(default=0.6, ge=0, le=1)
    convert_to_mixed_preset: bool = False
    tune_hyperparams: bool = False
    metrics: Annotated[tuple[MetricTargetConfig, ...], BeforeValidator(_wrap_names)] = ()
    max_output_error: OutputErrorLimit = None

    @model_validator(mode="after")
    def _check_metrics(self) -> AccuracyAwareConfig:
        names = [metric.name for metric in self.metrics]
        if len(set(names)) < len(names):
            raise ValueError(f"every metric is named once, given {names}")
        if self.annotation_free and names:
            raise ValueError("annotation_free keeps the outputs, not metrics: leave out one of the two keys")
        return self

    @property
    def allowed_drop(self) -> float:
        """``maximal_drop``, or the error of outputs that is usual where nothing was stated about it."""
        is_maximal_drop = "maximal_drop" in self.model_fields_set
        return DEFAULT_OUTPUT_ERROR if self.annotation_free and not is_maximal_drop else self.maximal_drop

    @property
    def baselines(self) -> dict[str, float]:
        """The stated baselines by name; none unless every metric has one."""
        values = {metric.name: metric.baseline_value for metric in self.metrics}
        known = {name: value for name, value in values.items() if value is not None}
        return known if len(known) == len(values) else {}

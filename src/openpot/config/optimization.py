"""The parameters of the searches over settings and over ranges."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from openpot.config.algorithms import AlgorithmConfig, DefaultQuantizationConfig


def _to_list(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


MetricNames = Annotated[tuple[str, ...], BeforeValidator(_to_list)]


class ParamsGridSearchConfig(DefaultQuantizationConfig):
    """Parameters of ``ParamsGridSearchAlgorithm``: those of ``DefaultQuantization``; the grid varies some of them.

    Attributes:
        base_algorithm: what quantizes.
        metrics: which of the engine's metrics count, by name; all if none is named.
        optimization_subset_size: so many samples, spread over the data set, decide; None for all.
    """

    base_algorithm: Literal["DefaultQuantization", "MinMaxQuantization"] = "DefaultQuantization"
    metrics: MetricNames = ()
    optimization_subset_size: int | None = Field(default=None, ge=1)


Backend = Literal["openpot", "nevergrad", "scipy", "skopt", "grid_search"]


class RangeOptimizationConfig(AlgorithmConfig):
    """Parameters of ``RangeOptimization``.

    Attributes:
        maxiter: evaluations of the error after the first one.
        optimizer_name: of the backend's optimizers; several run one after the other, each from the best of the one
            before. None for the backend's own default.
        opt_backend: who proposes ranges: ``openpot`` (needs nothing), ``scipy``, ``nevergrad``, ``skopt`` (packages of
            their own) or ``grid_search``.
        lower_boxsize: by which share an end may move towards zero.
        upper_boxsize: by which share it may move away from zero.
        zero_boxsize: by how much an end at zero may move either way.
        metric_name: which metric counts, if ``error_function`` is ``metric``.
        error_function: ``metric``, or ``quantization_noise``: the distance of the outputs from those of the float
            model.
        optimization_subset_size: so many samples, spread over the data set, decide; None for all.
        stochastic: draw new samples for every evaluation.
        result_filename: a CSV file of all evaluations.
        dump_model_prefix: the model of every improvement is saved as this followed by a number of five digits.
        optimization_scope: quantizers, or operations that they stand on; all if none is named.
        activation_ranges_to_set: ranges by quantizer, ``[low, high]``, that are set before anything is searched; with
            ``maxiter`` 0 nothing else is done.
    """

    maxiter: Annotated[int | tuple[int, ...], Field(union_mode="left_to_right")] = 100
    optimizer_name: MetricNames | None = None
    opt_backend: Backend = "openpot"
    lower_boxsize: float = Field(default=0.08, ge=0, lt=1)
    upper_boxsize: float = Field(default=0.02, ge=0)
    zero_boxsize: float = Field(default=0.05, ge=0)
    metric_name: str = "accuracy@top1"
    error_function: Literal["metric", "quantization_noise"] = "metric"
    optimization_subset_size: int | None = Field(default=None, ge=1)
    stochastic: bool = False
    result_filename: Path | None = None
    dump_model_prefix: str | None = None
    optimization_scope: MetricNames = ()
    activation_ranges_to_set: tuple[dict[str, tuple[float, float]], ...] = ()

    @field_validator("activation_ranges_to_set", mode="before")
    @classmethod
    def _as_list(cls, value: Any) -> Any:
        return (value,) if isinstance(value, dict) else value

    @model_validator(mode="after")
    def _check(self) -> RangeOptimizationConfig:
        if isinstance(self.maxiter, tuple) and len(self.maxiter) != len(self.optimizer_name or ()):
            raise ValueError("several maxiter need as many names of optimizers in optimizer_name")
        if min(self.iterations) < 0:
            raise ValueError(f"maxiter cannot be negative, given {self.maxiter}")
        for name, (low, high) in self.ranges_to_set.items():
            if not low < high:
                raise ValueError(
                    f"activation_ranges_to_set: {name!r} needs a low end below its high end: {low}, {high}"
                )
        return self

    @property
    def iterations(self) -> tuple[int, ...]:
        """Evaluations of every optimizer, one after the other."""
        if isinstance(self.maxiter, tuple):
            return self.maxiter
        return (self.maxiter,) * max(1, len(self.optimizer_name or ()))

    @property
    def ranges_to_set(self) -> dict[str, tuple[float, float]]:
        """All ranges that are set, by quantizer."""
        return {name: ends for entry in self.activation_ranges_to_set for name, ends in entry.items()}

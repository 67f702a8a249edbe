"""The section ``engine`` of a configuration file: one model for each type of engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from openpot.config.data_free import DataFreeEngineConfig
from openpot.config.data_section import DataConfig, MetricConfig
from openpot.config.paths import InputPath


class EngineSectionConfig(BaseModel):
    """What all engines share.

    Attributes:
        type: which engine.
        device: where to run.
        stat_requests_number: inferences under way at once while statistics are collected; default: what is best.
        eval_requests_number: the same for metrics.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str
    device: str = "CPU"
    stat_requests_number: int | None = Field(default=None, ge=0)
    eval_requests_number: int | None = Field(default=None, ge=0)

    def collect_runtime_settings(self) -> dict[str, Any]:
        """What the engine object takes."""
        keys = ("device", "stat_requests_number", "eval_requests_number")
        return {key: value for key in keys if (value := getattr(self, key)) is not None}


class SimplifiedEngineConfig(EngineSectionConfig):
    """Images without annotations.

    Attributes:
        data_source: a folder, a pattern with wildcards, or a ``.txt`` list of images.
        layout: ``NCHW``, ``CHW``, ``NHWC``, ``HWC``, ``NCWH`` or ``CWH``; default: what the model
            declares, else guessed.
        central_fraction: share of height and width that is kept.
    """

    type: Literal["simplified"] = "simplified"
    data_source: str
    layout: str | None = None
    central_fraction: float | None = Field(default=None, gt=0, le=1)


class OpenPotEngineConfig(EngineSectionConfig):
    """openpot's own description of data and metrics.

    Attributes:
        data: where samples come from.
        metrics: what ``--evaluate`` and accuracy-aware algorithms measure.
    """

    type: Literal["openpot"] = "openpot"
    data: DataConfig
    metrics: tuple[MetricConfig, ...] = ()


class DataFreeSectionConfig(DataFreeEngineConfig, EngineSectionConfig):
    """Images made from random numbers; the keys are those of :class:`openpot.config.data_free.DataFreeEngineConfig`.

    ``shape`` is that of the model's input where it is not stated.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["data_free"] = "data_free"

    def collect_engine_settings(self) -> dict[str, Any]:
        """What the engine object takes."""
        return {**self.model_dump(include=set(DataFreeEngineConfig.model_fields)), **self.collect_runtime_settings()}


class AccuracyCheckerEngineConfig(EngineSectionConfig):
    """Data and metrics of the Accuracy Checker, which checks its own part of this section.

    Attributes:
        config: its YAML file, instead of the other keys.
        name: of the evaluation.
        launchers: how it runs a model; only the adapter counts here.
        datasets: a list, or ``{'preprocessing', 'optimization', 'evaluation'}``.
        module: class of a custom evaluator.
        module_config: its configuration.
    """

    type: Literal["accuracy_checker"] = "accuracy_checker"
    config: InputPath | None = None
    name: str | None = None
    launchers: tuple[Mapping[str, Any], ...] | None = None
    datasets: Any = None
    module: str | None = None
    module_config: Mapping[str, Any] | None = None

    @model_validator(mode="after")
    def _file_or_inline(self) -> Self:
        inline = [key for key in ("launchers", "datasets", "module", "module_config") if getattr(self, key) is not None]
        if self.config is not None and inline:
            raise ValueError(f"expected either config with a file, or {', '.join(inline)} in its place")
        if self.config is None and not inline:
            raise ValueError(
                "the type accuracy_checker (which is meant where none is stated) needs config with the path of a YAML "
                "file, or datasets and launchers; other types are openpot (data, metrics), simplified (data_source), "
                "data_free"
            )
        return self


ENGINE_TYPES: Mapping[str, type[EngineSectionConfig]] = {
    "accuracy_checker": AccuracyCheckerEngineConfig,
    "simplified": SimplifiedEngineConfig,
    "openpot": OpenPotEngineConfig,
    "data_free": DataFreeSectionConfig,
}
"""The engines by ``type``."""


def find_engine_type(section: Mapping[str, Any]) -> str:
    """The type that is stated, or meant: openpot where there are ``data``, else POT's default."""
    return str(section.get("type") or ("openpot" if "data" in section else "accuracy_checker"))

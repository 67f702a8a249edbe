"""The parameters of quantization without a data set, and of the engine that makes its own data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from openpot.config.algorithms import DefaultQuantizationConfig


class DataFreeQuantizationConfig(DefaultQuantizationConfig):
    """Parameters of ``DataFreeQuantization``: those of ``DefaultQuantization``, and what the images are like.

    Attributes:
        image_values: what pixels are when they enter the network: ``0..255``, ``0..1``, ``-1..1`` or ``imagenet``
            (normalised by the mean and deviation of ImageNet); ``auto`` tells pixels from normalised ones.
        image_size: (height, width) where the model leaves them open.
    """

    image_values: Literal["auto", "0..255", "0..1", "-1..1", "imagenet"] = "auto"
    image_size: tuple[int, int] = (224, 224)

    @field_validator("image_size")
    @classmethod
    def _check_size(cls, value: tuple[int, int]) -> tuple[int, int]:
        if min(value) < 1:
            raise ValueError(f"an image needs at least one pixel in both directions, given {value}")
        return value


class DataFreeEngineConfig(BaseModel):
    """Keys of POT's ``data_free`` engine; others belong to the engine that runs the model.

    Attributes:
        generate_data: make images; false reads those of ``data_source``.
        data_source: a folder of images.
        data_type: only ``image``.
        layout: order of the axes of an image, with or without the batch axis.
        shape: sizes in that order, as numbers or as a text such as ``[3, 224, 224]``.
        subset_size: number of images that are made.
        image_values: as in :class:`DataFreeQuantizationConfig`, without ``auto``.
        seed: of the random numbers.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    generate_data: bool = True
    data_source: Path | None = None
    data_type: Literal["image"] = "image"
    layout: str = "NCHW"
    shape: tuple[int, ...] | None = None
    subset_size: int = Field(default=64, ge=1)
    image_values: Literal["0..255", "0..1", "-1..1", "imagenet"] = "0..255"
    seed: int = Field(default=0, ge=0)

    @field_validator("shape", mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part for part in value.strip("[]() ").replace("x", ",").split(",") if part.strip())
        return tuple(value) if isinstance(value, Sequence) else value

    @field_validator("shape")
    @classmethod
    def _check_shape(cls, value: tuple[int, ...] | None) -> tuple[int, ...] | None:
        if value is not None and (len(value) not in (3, 4) or min(value) < 1):
            raise ValueError(f"expected the sizes of one image, with or without the batch axis, given {value}")
        return None if value is None else value[-3:]

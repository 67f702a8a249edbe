"""openpot's own description of data and metrics in a configuration file."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from openpot.config.paths import InputPath

CallableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_][\w.]*$")]
"""``module:callable``."""

_ABOUT_IMAGES = ("layout", "channel_order", "mean", "scale", "keeps_aspect_ratio", "central_fraction")


class DataConfig(BaseModel):
    """Where samples come from: exactly one of the first three keys.

    Attributes:
        image_folder: a folder, a pattern with wildcards, a ``.txt`` list, or one image.
        npz: an archive of arrays by input name, one row for each sample; other arrays are annotation.
        callable: ``module:callable``, which returns the data set; its code is run.
        annotations: of images: ``folders`` (each sub-folder is a class, in the order of their names), or a text file
            with a line ``name label`` for each image; of an archive: the name of the array that is the annotation.
        label_offset: added to the labels of images, for models that count a background as class 0.
        layout: of images: ``NCHW``, ``NHWC`` or ``NCWH``; default: guessed from the input of the model.
        channel_order: ``RGB``, ``BGR`` or ``grey``.
        mean: subtracted from pixels in 0..255, one number for each channel.
        scale: divides what remains.
        keeps_aspect_ratio: cut images to the proportions of the input instead of stretching them.
        central_fraction: share of height and width that is kept before everything else.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    image_folder: str | None = None
    npz: InputPath | None = None
    callable: CallableName | None = None
    annotations: str | None = None
    label_offset: int = 0
    layout: str | None = None
    channel_order: str | None = None
    mean: tuple[float, ...] | None = None
    scale: tuple[float, ...] | None = None
    keeps_aspect_ratio: bool | None = None
    central_fraction: float | None = Field(default=None, gt=0, le=1)

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        sources = [name for name in ("image_folder", "npz", "callable") if getattr(self, name) is not None]
        if len(sources) != 1:
            raise ValueError("expected exactly one of the keys image_folder, npz and callable")
        stray = sorted(set(self.collect_image_choices()))
        if stray and self.image_folder is None:
            raise ValueError(f"{', '.join(stray)}: only for image_folder; {sources[0]} is used as it is")
        if self.label_offset and (self.image_folder is None or self.annotations is None):
            raise ValueError("label_offset: only for image_folder with annotations")
        if self.callable is not None and self.annotations is not None:
            raise ValueError("annotations: a callable returns pairs (sample, annotation) itself")
        return self

    def collect_image_choices(self) -> dict[str, Any]:
        """What is stated about images, by key."""
        return {name: value for name in _ABOUT_IMAGES if (value := getattr(self, name)) is not None}


class MetricConfig(BaseModel):
    """A metric: a ready-made one by its name with its parameters, or the user's own.

    Attributes:
        name: of a ready-made metric; beside ``callable``, what the value is called.
        callable: ``module:callable``: a Metric or a class of one, or a function ``(outputs, annotation) -> float``.
        higher_better: of a function: whether a larger value is a better one; needed where a drop is allowed.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    name: str | None = None
    callable: CallableName | None = None
    higher_better: bool | None = None

    @model_validator(mode="after")
    def _is_something(self) -> Self:
        if self.name is None and self.callable is None:
            raise ValueError("expected the key name (a ready-made metric) or callable (module:callable)")
        if self.callable is not None and self.parameters:
            raise ValueError(f"{', '.join(sorted(self.parameters))}: only ready-made metrics take parameters")
        if self.callable is None and self.higher_better is not None:
            raise ValueError("higher_better: only for callable, a ready-made metric knows it itself")
        return self

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters of a ready-made metric."""
        return dict(self.model_extra or {})

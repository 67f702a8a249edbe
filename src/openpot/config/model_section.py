"""The section ``model`` of a configuration file: one model, or a cascade of several."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator

from openpot.config.paths import InputPath

_FROZEN = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


class CascadeMemberConfig(BaseModel):
    """One model of a cascade.

    Attributes:
        name: tells its operations and files from those of the other members.
        model: the file.
        weights: default: the ``.bin`` beside an ``.xml``.
    """

    model_config = _FROZEN

    name: str
    model: InputPath
    weights: InputPath | None = None


class ModelSectionConfig(BaseModel):
    """What is quantized.

    Attributes:
        model_name: stem of the files that are written; default: that of ``model``.
        model: the file; any format that OpenVINO reads.
        weights: default: the ``.bin`` beside an ``.xml``.
        cascade: several models instead of one.
    """

    model_config = _FROZEN

    model_name: str | None = None
    model: InputPath | None = None
    weights: InputPath | None = None
    cascade: tuple[CascadeMemberConfig, ...] = ()

    @model_validator(mode="after")
    def _one_or_several(self) -> Self:
        if (self.model is None) == (not self.cascade):
            raise ValueError("expected either the key 'model' with a path, or 'cascade' with a list of models")
        if self.cascade and self.weights is not None:
            raise ValueError("a cascade has its weights with each of its models")
        names = [member.name for member in self.cascade]
        if len(set(names)) < len(names):
            raise ValueError("each model of a cascade needs a name of its own")
        return self

    @property
    def name(self) -> str:
        """Stem of the files that are written."""
        if self.model_name:
            return self.model_name
        return self.model.stem if self.model is not None else "_".join(member.name for member in self.cascade)

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file that is named."""
        pairs = [(self.model, self.weights), *((member.model, member.weights) for member in self.cascade)]
        return tuple(path for pair in pairs for path in pair if path is not None)

    def load_config(self) -> dict[str, Any]:
        """What :func:`openpot.graph.io.load_model` takes."""
        if self.cascade:
            members = [_drop_unset(member.name, member.model, member.weights) for member in self.cascade]
            return {"model_name": self.model_name, "cascade": members}
        return {**_drop_unset(None, self.model, self.weights), "model_name": self.name}


def _drop_unset(name: str | None, model: Path | None, weights: Path | None) -> dict[str, Any]:
    entries = {"name": name, "model": model, "weights": weights}
    return {key: str(value) for key, value in entries.items() if value is not None}
